package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.disk.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the installer's script does when it reads a disk back, by the shell of an initramfs. A file
/// is the disk, another folder the server.
@Tag("real")
class InstallerScriptTest {
  private static final int CHUNK = 1 << 16;
  private static final int CHUNKS = 9;
  private static final int EMPTY = 4;

  /// The functions, without what calls them; and what stands for the world around them.
  private static final String WORLD =
      """
      sed '/^until network/,$d' "$1" > functions
      . ./functions
      work=$PWD/work disk=$PWD/disk goes_on=1 token=t
      mkdir -p "$work"
      fetch() { echo "fetch $1" >> log; cp "served/${1##*/}" "$2"; }
      put() { echo "put $2" >> log; dd of="$1" bs=1M oflag=seek_bytes seek="$2" conv=notrunc 2> /dev/null; }
      zero() { echo "zero $2" >> log; dd if=/dev/zero of="$1" bs="$3" count=1 oflag=seek_bytes seek="$2" conv=notrunc 2> /dev/null; }
      fail() { echo "fail $*" >> log; exit 9; }
      sleep() { :; }
      """;

  @TempDir Path folder;
  private byte[] disk = new byte[CHUNK * CHUNKS];

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(folder.resolve("served"));
    var plan = new StringBuilder();
    for (int i = 0; i < CHUNKS; i++) {
      byte[] chunk = new byte[CHUNK];
      if (i != EMPTY) {
        Arrays.fill(chunk, (byte) ('a' + i));
      }
      System.arraycopy(chunk, 0, disk, i * CHUNK, CHUNK);
      Files.write(folder.resolve("served").resolve(Integer.toString(i)), chunk);
      String hash = Sha256.of(chunk, CHUNK).hex();
      plan.append(
          "verify %d %d %d %s%n".formatted(i, i * CHUNK, CHUNK, i == EMPTY ? "empty" : hash));
    }
    Files.createDirectories(folder.resolve("work"));
    Files.writeString(folder.resolve("work/plan"), plan);
    Files.writeString(folder.resolve("log"), "");
  }

  private List<String> run(String script) throws IOException {
    Files.write(folder.resolve("disk"), disk);
    String template =
        Path.of("..", "templates", "installer", "coldframe", "install.tmpl")
            .toAbsolutePath()
            .normalize()
            .toString();
    Files.createDirectories(folder.resolve("conf/conf.d"));
    String local =
        Files.readString(Path.of(template), StandardCharsets.UTF_8)
            .replace(". /conf/conf.d/zz-coldframe", "coldframe_server=http://192.0.2.1")
            .replace("/coldframe/work", folder.resolve("work").toString())
            .replace("/proc/sys/vm/drop_caches", "/dev/null");
    Path functions = Files.writeString(folder.resolve("install"), local);
    Command.Result result =
        Command.run(
            Duration.ofSeconds(30),
            "busybox",
            "sh",
            "-c",
            "cd '" + folder + "'\n" + WORLD + script,
            "sh",
            functions.toString());
    assertThat(result.out()).as(result.out()).doesNotContain("not found");
    return Files.readAllLines(folder.resolve("log"));
  }

  private void damage(int chunk) {
    disk[chunk * CHUNK + 77] ^= 1;
  }

  @Test
  void whatIsThereIsLeftAsItIs() throws IOException {
    assertThat(run("read_back && echo whole >> log")).containsExactly("whole");
  }

  @Test
  void whatCameDamagedComesOnceMore() throws IOException {
    byte[] whole = disk.clone();
    damage(2);
    damage(EMPTY);
    damage(8);
    assertThat(run("read_back && echo whole >> log"))
        .containsExactlyInAnyOrder(
            "fetch /-/install/t/chunk/2",
            "put " + 2 * CHUNK,
            "zero " + EMPTY * CHUNK,
            "fetch /-/install/t/chunk/8",
            "put " + 8 * CHUNK,
            "whole");
    assertThat(Files.readAllBytes(folder.resolve("disk"))).isEqualTo(whole);
  }

  /// What is written behind its end goes where something else lies.
  @Test
  void aCardThatIsSmallerThanItSaysIsFound() throws IOException {
    damage(7);
    assertThat(
            run(
                """
                put() { dd of="$1" bs=1M oflag=seek_bytes seek=$(($2 - 6 * 65536)) conv=notrunc 2> /dev/null; }
                read_back && echo whole >> log
                """))
        .last()
        .asString()
        .startsWith("fail chunk ")
        .contains("reads back differently");
  }

  @Test
  void aDiskThatCannotBeReadIsNotEmpty() throws IOException {
    assertThat(
            run(
                """
                part() { [ "$2" != 262144 ] || return 1; dd if="$1" bs=1M iflag=skip_bytes,count_bytes skip="$2" count="$3" 2> /dev/null; }
                read_back && echo whole >> log
                """))
        .contains("zero " + EMPTY * CHUNK)
        .last()
        .asString()
        .isEqualTo("fail chunk 4 at byte 262144 reads back differently");
  }

  @Test
  void whatReadsMustComeToAnEnd() throws IOException {
    assertThat(run("compare() { echo 1 0 65536 empty; }\nread_back && echo whole >> log"))
        .containsExactly("fail the disk cannot be read back");
  }

  private List<String> empty(String discard, String more) throws IOException {
    return run(
        "blkdiscard() { "
            + discard
            + "; }\ngoes_on=0 believed=0 reads_back=1\n"
            + more
            + "\n"
            + "for i in 0 1 2; do empty $((i * 65536)) 65536; done");
  }

  @Test
  void aDiskThatDiscardsIsBelievedWhereAllIsReadBack() throws IOException {
    String discards =
        "dd if=/dev/zero of=\"$5\" bs=65536 count=1 seek=$(($2 / 65536)) conv=notrunc 2> /dev/null";
    String watched = "blank() { echo blank $2 >> log; return 0; }";
    assertThat(empty(discards, "")).isEmpty();
    assertThat(empty(discards, watched)).containsExactly("blank 0");
    assertThat(empty(discards, watched + "\nreads_back=0"))
        .containsExactly("blank 0", "blank 0", "blank 65536", "blank 131072");
  }

  @Test
  void aDiskThatDoesNotIsWrittenOver() throws IOException {
    assertThat(empty("return 1", "")).containsExactly("zero 0", "zero 65536", "zero 131072");
    assertThat(empty("return 0", "")).endsWith("zero 0", "zero 65536", "zero 131072").hasSize(6);
  }
}
