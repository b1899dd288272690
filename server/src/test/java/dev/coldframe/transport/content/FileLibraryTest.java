package dev.coldframe.transport.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.boot.Viewer;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.store.image.Images;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileLibraryTest {
  private static final int KIB = 1024;

  @TempDir Path folder;

  /// Well after the last change of any file, so that stamps can be trusted.
  private Instant now = Instant.now().plusSeconds(60);

  private World world = Sites.world(Sites.site());
  private FileLibrary library =
      new FileLibrary(
          () -> world,
          new FileLibrary.Places(
              new Images(Path.of("unused")),
              Path.of("unused"),
              Path.of("unused"),
              List.of(),
              Path.of("unused")),
          new TemplateFolder(() -> now),
          () -> now);
  private Viewer geranium = viewer();

  @BeforeEach
  void openTheLibrary() throws IOException {
    Files.createDirectories(folder.resolve("root/overlays"));
    Files.createDirectories(folder.resolve("templates/nodes/geranium"));
    Files.createDirectories(folder.resolve("behind"));
    world = world(Profile.Boot.INSTALL);
    geranium = viewer();
    library =
        new FileLibrary(
            () -> world,
            new FileLibrary.Places(
                new Images(folder.resolve("state")),
                folder.resolve("state"),
                folder.resolve("scratch"),
                List.of(new Root(folder.resolve("behind"), "stand-in")),
                folder.resolve("system")),
            new TemplateFolder(() -> now),
            () -> now);
  }

  private World world(Profile.Boot boot) {
    Site s = Sites.site(List.of(Sites.network()), Sites.rack(Sites.profile("k8s", boot)));
    Site here =
        Records.with(
            s,
            "tftpRoot",
            folder.resolve("root").toString(),
            "templates",
            folder.resolve("templates").toString());
    return Sites.world(here);
  }

  private Viewer viewer() {
    return new Viewer.OfNode(world.node("geranium").orElseThrow());
  }

  private void write(String path, String text) throws IOException {
    Files.writeString(folder.resolve(path), text);
  }

  private void write(String path, byte fill, int size) throws IOException {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, fill);
    Files.write(folder.resolve(path), bytes);
  }

  private static String text(Content content) {
    ByteBuffer all = ByteBuffer.allocate((int) content.sizeBytes());
    content.read(0, all);
    return UTF_8.decode(all.flip()).toString();
  }

  private String served(String path) throws IOException {
    try (Content content = library.open(geranium, path).orElseThrow()) {
      return content.origin() + ": " + text(content);
    }
  }

  @Test
  void theFirstPlaceThatHasSomethingIsServed() throws IOException {
    write("behind/start4.elf", "behind");
    assertThat(served("start4.elf")).isEqualTo("stand-in: behind");
    write("root/start4.elf", "root");
    assertThat(served("start4.elf")).isEqualTo("tftp-root: root");
    write("templates/nodes/geranium/start4.elf", "own");
    assertThat(served("start4.elf")).isEqualTo("node geranium: own");
    write("root/config.txt", "root");
    assertThat(served("config.txt")).startsWith("template: # geranium");
    write("templates/nodes/geranium/config.txt", "{{ node.name }}");
    assertThat(served("config.txt")).isEqualTo("node geranium: {{ node.name }}");
  }

  @Test
  void aSiteTemplateReplacesTheShippedOneAndMayChange() throws IOException {
    Files.createDirectories(folder.resolve("templates/boot"));
    write("templates/boot/config.txt.tmpl", "a={{ node.name | configtxt }}");
    assertThat(served("config.txt")).isEqualTo("template: a=geranium");
    now = now.plus(TemplateFolder.FRESH);
    write("templates/boot/config.txt.tmpl", "longer={{ node.name | configtxt }}");
    assertThat(served("config.txt")).isEqualTo("template: longer=geranium");
    assertThat(served("cmdline.txt")).startsWith("template: console=");
  }

  @Test
  void aTemplateThatRendersNothingLetsTheRootThrough() throws IOException {
    Files.createDirectories(folder.resolve("templates/boot"));
    write("templates/boot/cmdline.txt.tmpl", "{% if false %}x{% endif %}\n");
    write("root/cmdline.txt", "mine");
    assertThat(served("cmdline.txt")).isEqualTo("tftp-root: mine");
  }

  @Test
  @Tag("H-14")
  void aBrokenTemplateIsAnErrorWithItsPlaceAndNotAMissingFile() throws IOException {
    Files.createDirectories(folder.resolve("templates/boot"));
    write("templates/boot/config.txt.tmpl", "a\n{{ user.password_hash }}\n");
    assertThatThrownBy(() -> library.open(geranium, "config.txt"))
        .isInstanceOf(IOException.class)
        .hasMessage("boot/config.txt.tmpl:2: Attribute [password_hash] does not exist");
  }

  @Test
  @Tag("H-14")
  void aCheckFindsWhatDoesNotCompileThenWhatDoesNotRender() throws IOException {
    assertThat(TemplateCheck.defects(world, new TemplateFolder(() -> now))).isEmpty();
    Files.createDirectories(folder.resolve("templates/boot"));
    write("templates/boot/config.txt.tmpl", "a\n{{ user.password_hash }}\n");
    write("templates/boot/extra.tmpl", "{{ locale | cmdline }}{% include 'boot/nowhere' %}");
    assertThat(TemplateCheck.defects(world, new TemplateFolder(() -> now)))
        .containsExactly(
            "boot/config.txt.tmpl:2: Attribute [password_hash] does not exist (for geranium)",
            "boot/extra.tmpl:1: there is no template boot/nowhere (for geranium)");
    write("templates/boot/extra.tmpl", "\n\n{% if %}");
    assertThat(TemplateCheck.defects(world, new TemplateFolder(() -> now)))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("boot/extra.tmpl:3: ");
  }

  @Test
  void anotherWorldIsRenderedAnew() throws IOException {
    String before = served("config.txt");
    world = Sites.world(world.site());
    assertThat(library.known(geranium, "config.txt")).isInstanceOf(Library.Known.Unknown.class);
    assertThat(served("config.txt")).isEqualTo(before);
  }

  @Test
  void nothingIsServedToANodeThatBootsFromItsOwnDisk() throws IOException {
    write("root/start4.elf", "root");
    world = world(Profile.Boot.LOCAL);
    geranium = viewer();
    assertThat(library.open(geranium, "start4.elf")).isEmpty();
    assertThat(library.open(geranium, "config.txt")).isEmpty();
  }

  @ParameterizedTest
  @Tag("T-27")
  @ValueSource(ints = {1, 64 * KIB, 64 * KIB + 1, 3000 * KIB})
  void aReaderKeepsTheOldFileToTheEndHoweverItIsReplaced(int size) throws IOException {
    write("root/kernel8.img", (byte) 'a', size);
    Content old = library.open(geranium, "kernel8.img").orElseThrow();
    write("root/kernel8.img", (byte) 'b', size + 1);
    Content renamedOver = library.open(geranium, "kernel8.img").orElseThrow();
    write("root/new", (byte) 'c', size + 2);
    Files.move(
        folder.resolve("root/new"),
        folder.resolve("root/kernel8.img"),
        StandardCopyOption.ATOMIC_MOVE);
    Content newest = library.open(geranium, "kernel8.img").orElseThrow();
    Files.delete(folder.resolve("root/kernel8.img"));
    assertThat(library.open(geranium, "kernel8.img")).isEmpty();

    assertThat(text(old)).isEqualTo("a".repeat(size));
    assertThat(text(renamedOver)).isEqualTo("b".repeat(size + 1));
    assertThat(text(newest)).isEqualTo("c".repeat(size + 2));
    assertThat(List.of(old.etag(), renamedOver.etag(), newest.etag())).doesNotHaveDuplicates();
    List.of(old, renamedOver, newest).forEach(Content::close);
    if (old instanceof Content.OnDisk disk) {
      assertThat(disk.channel().isOpen()).as("closed by its last user").isFalse();
    }
  }

  @Test
  void aFileIsSharedWhileItStaysTheSame() throws IOException {
    write("root/kernel8.img", (byte) 'a', 70 * KIB);
    try (Content one = library.open(geranium, "kernel8.img").orElseThrow();
        Content two = library.open(geranium, "kernel8.img").orElseThrow()) {
      assertThat(((Content.OnDisk) one).channel()).isSameAs(((Content.OnDisk) two).channel());
      assertThat(one.etag()).isEqualTo(two.etag()).matches("[0-9a-f-]+");
    }
    try (var files = Files.list(folder.resolve("scratch"))) {
      assertThat(files).as("private copies have no name").isEmpty();
    }
  }

  @Test
  void aFileIsServedWhereThereIsNoRoomForACopy() throws IOException {
    write("scratch", "a file where the folder should be");
    write("root/kernel8.img", (byte) 'a', 70 * KIB);
    assertThat(served("kernel8.img")).isEqualTo("tftp-root: " + "a".repeat(70 * KIB));
  }

  @Test
  void aChangeWithinOneTickOfTheFileSystemsClockIsSeen() throws IOException {
    now = Instant.now();
    write("root/a", "one");
    assertThat(served("a")).isEqualTo("tftp-root: one");
    write("root/a", "two");
    assertThat(served("a")).isEqualTo("tftp-root: two");
  }

  @Test
  void contentIsReadFromAnyPosition() throws IOException {
    write("root/small", "0123456789");
    write("root/large", (byte) 'x', 70 * KIB);
    for (String path : List.of("small", "large")) {
      try (Content content = library.open(geranium, path).orElseThrow()) {
        ByteBuffer target = ByteBuffer.allocate(4);
        content.read(content.sizeBytes() - 2, target);
        assertThat(target.position()).isEqualTo(2);
        content.read(0, target);
        assertThat(target.hasRemaining()).isFalse();
      }
    }
  }

  @Test
  void anEmptyFileIsAFile() throws IOException {
    write("root/ssh", "");
    assertThat(library.open(geranium, "ssh").orElseThrow().sizeBytes()).isZero();
  }

  @Test
  @Tag("T-07")
  void linksAreFollowedInsideTheRootOnly() throws IOException {
    write("secret", "secret");
    Files.createDirectories(folder.resolve("outside"));
    write("outside/file", "secret");
    write("root/real", "inside");
    Files.createSymbolicLink(folder.resolve("root/good"), Path.of("real"));
    Files.createSymbolicLink(folder.resolve("root/bad"), folder.resolve("secret"));
    Files.createSymbolicLink(folder.resolve("root/up"), Path.of("../secret"));
    Files.createSymbolicLink(folder.resolve("root/dir"), folder.resolve("outside"));
    Files.createSymbolicLink(folder.resolve("root/loop"), Path.of("loop"));
    Files.createSymbolicLink(folder.resolve("root/dangling"), Path.of("nowhere"));
    assertThat(served("good")).isEqualTo("tftp-root: inside");
    for (String path : List.of("bad", "up", "dir/file", "loop", "dangling", "real/below")) {
      assertThat(library.open(geranium, path)).as(path).isEmpty();
    }
  }

  @Test
  @Tag("T-07")
  void aPartSwappedForALinkAfterTheCheckIsNotOpened() throws IOException {
    write("root/overlays/a", "inside");
    Files.createDirectories(folder.resolve("outside"));
    write("outside/a", "secret");
    var root = new Root(folder.resolve("root"), "tftp-root");
    Path checked = root.locate("overlays/a").orElseThrow();
    Files.delete(folder.resolve("root/overlays/a"));
    Files.createSymbolicLink(folder.resolve("root/overlays/a"), folder.resolve("outside/a"));
    assertThatThrownBy(() -> root.open(checked)).isInstanceOf(IOException.class);
    Files.delete(folder.resolve("root/overlays/a"));
    Files.delete(folder.resolve("root/overlays"));
    Files.createSymbolicLink(folder.resolve("root/overlays"), folder.resolve("outside"));
    assertThatThrownBy(() -> root.open(checked)).isInstanceOf(IOException.class);
  }

  @Test
  void foldersAndPipesAreNoContent() throws Exception {
    assertThat(library.open(geranium, "overlays")).isEmpty();
    Process made =
        new ProcessBuilder("mkfifo", folder.resolve("root/pipe").toString()).inheritIO().start();
    assertThat(made.waitFor()).isZero();
    assertThat(library.open(geranium, "pipe")).isEmpty();
    assertThat(library.open(geranium, "absent/x")).isEmpty();
  }

  @Test
  void whatWasLookedAtIsKnownForAMoment() throws IOException {
    write("root/start4.elf", "root");
    assertThat(library.known(geranium, "start4.elf")).isInstanceOf(Library.Known.Unknown.class);
    library.open(geranium, "start4.elf").orElseThrow().close();
    assertThat(library.open(geranium, "recovery.elf")).isEmpty();

    now = now.plus(FileLibrary.FRESH);
    assertThat(library.known(geranium, "start4.elf")).isInstanceOf(Library.Known.Found.class);
    assertThat(library.known(geranium, "recovery.elf")).isInstanceOf(Library.Known.Missing.class);
    Viewer dahlia = new Viewer.OfNode(world.node("dahlia").orElseThrow());
    assertThat(library.known(dahlia, "recovery.elf")).isInstanceOf(Library.Known.Unknown.class);

    now = now.plus(Duration.ofMillis(1));
    assertThat(library.known(geranium, "start4.elf")).isInstanceOf(Library.Known.Unknown.class);
    assertThat(library.known(geranium, "recovery.elf")).isInstanceOf(Library.Known.Unknown.class);
    write("root/recovery.elf", "now");
    assertThat(served("recovery.elf")).isEqualTo("tftp-root: now");
  }

  @Test
  void pathsThatAreNotPlainAreKnownToBeMissing() throws IOException {
    assertThat(library.known(geranium, "../secret")).isInstanceOf(Library.Known.Missing.class);
    assertThat(library.open(geranium, "../secret")).isEmpty();
    assertThat(library.remembered()).isZero();
  }

  @Test
  void memoryIsBounded() throws IOException {
    for (int i = 0; i < FileLibrary.MAX_ANSWERS + 1000; i++) {
      now = now.plusMillis(1);
      assertThat(library.open(geranium, "missing/" + i)).isEmpty();
    }
    assertThat(library.remembered()).isLessThanOrEqualTo(FileLibrary.MAX_ANSWERS);
  }

  @Test
  void filesUsedLongestAgoAreGivenUpButStayWithTheirUsers() throws IOException {
    var shelf = new FileShelf(new FileReader(folder.resolve("scratch")), () -> now);
    var root = new Root(folder.resolve("root"), "tftp-root");
    write("root/kernel8.img", (byte) 'k', 70 * KIB);
    Content kernel = shelf.find(root, "kernel8.img").flatMap(Shelved::share).orElseThrow();
    for (int i = 0; i <= FileShelf.MAX_FILES; i++) {
      now = now.plusMillis(1);
      write("root/" + i, "x");
      assertThat(shelf.find(root, Integer.toString(i))).isPresent();
    }
    assertThat(shelf.size()).isLessThanOrEqualTo(FileShelf.MAX_FILES);
    assertThat(text(kernel)).hasSize(70 * KIB);
    assertThat(((Content.OnDisk) kernel).channel().isOpen()).isTrue();
    kernel.close();
    assertThat(((Content.OnDisk) kernel).channel().isOpen()).isFalse();
  }

  @Test
  void theListIsWhatWouldBeServed() throws IOException {
    write("root/start4.elf", "root");
    write("root/config.txt", "root");
    write("root/.hidden", "no");
    write("root/overlays/a.dtbo", "a");
    write("behind/start4.elf", "behind");
    write("templates/nodes/geranium/extra", "own");
    assertThat(library.list(geranium))
        .extracting(l -> l.path() + " " + l.origin())
        .containsExactly(
            "cmdline.txt template",
            "config.txt template",
            "extra node geranium",
            "overlays/a.dtbo tftp-root",
            "start4.elf tftp-root");
    Node iris = world.node("iris").orElseThrow();
    assertThat(library.list(new Viewer.OfNode(iris)))
        .extracting(l -> l.path())
        .doesNotContain("extra");
    assertThat(Optional.of(library.list(geranium).getLast().sizeBytes())).contains(4L);
  }
}
