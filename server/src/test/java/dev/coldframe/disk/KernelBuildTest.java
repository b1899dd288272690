package dev.coldframe.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.net.Bytes;
import dev.coldframe.testkit.Images;
import dev.coldframe.testkit.Images.Archive;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Reads for which build a boot file is.
class KernelBuildTest {
  private static final String V6 = "6.12.47+rpt-rpi-v8";

  private static byte[] kernel(int at, String banner) {
    byte[] out = Images.bytes(7, at + 1000);
    byte[] text = Images.text(banner);
    System.arraycopy(text, 0, out, at, text.length);
    return out;
  }

  private static Optional<String> ofKernel(byte[] bytes) throws IOException {
    return KernelBuild.ofKernel(new ByteArrayInputStream(bytes));
  }

  private static Set<String> ofInitramfs(byte[]... parts) throws IOException {
    var all = new ByteArrayOutputStream();
    List.of(parts).forEach(all::writeBytes);
    return KernelBuild.ofInitramfs(new ByteArrayInputStream(all.toByteArray()));
  }

  private static byte[] cpio(String... paths) {
    var entries = List.of(paths).stream().map(KernelBuildTest::entry).toList();
    return Cpio.of(entries).toArray();
  }

  private static Cpio.Entry entry(String path) {
    return path.endsWith("/")
        ? Cpio.Entry.folder(path.substring(0, path.length() - 1))
        : Cpio.Entry.file(path, 0644, Bytes.of(1, 2, 3, 4, 5));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ZIP")
  void aKernelSaysItsVersionPackedOrNot(Archive archive) throws IOException {
    byte[] image = kernel(200_000, "Linux version " + V6 + " (serge@raspberrypi.com) #1");
    assertThat(ofKernel(archive.pack(image))).contains(V6);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 65_500, 65_530, 65_536, 131_060})
  void theBannerMayLieAcrossTwoReads(int at) throws IOException {
    assertThat(ofKernel(kernel(at, "Linux version " + V6 + " (x)"))).contains(V6);
  }

  @Test
  void aKernelWithoutABannerSaysNothing() throws IOException {
    assertThat(ofKernel(kernel(100, "Linux version %s (%s)"))).isEmpty();
    assertThat(ofKernel(new byte[0])).isEmpty();
    assertThat(ofKernel(kernel(100, "Linux version 6.1 "))).as("cut").isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ZIP")
  void anInitramfsHoldsModules(Archive archive) throws IOException {
    byte[] main = cpio("usr/", "usr/lib/modules/" + V6 + "/kernel/drivers/net/x.ko.xz", "init");
    assertThat(ofInitramfs(archive.pack(main))).containsExactly(V6);
    assertThat(ofInitramfs(cpio("kernel/x86/microcode"), new byte[12], archive.pack(main)))
        .as("behind an early one")
        .containsExactly(V6);
    assertThat(ofInitramfs(archive.pack(main), new byte[3], cpio("conf/conf.d/zz")))
        .as("before an installer's")
        .containsExactly(V6);
    assertThat(ofInitramfs(archive.pack(cpio("lib/modules", "init")))).isEmpty();
  }

  @Test
  void allBuildsAreTold() throws IOException {
    assertThat(ofInitramfs(cpio("lib/modules/6.1/"), cpio("./lib/modules/6.2/modules.dep")))
        .containsExactly("6.1", "6.2");
  }

  @Test
  void whatIsNoArchiveHoldsNothing() throws IOException {
    assertThat(ofInitramfs(Images.bytes(6, 200_000))).isEmpty();
    assertThat(ofInitramfs(new byte[100])).isEmpty();
    assertThat(ofInitramfs()).isEmpty();
  }

  @Test
  void zerosWithoutAnEndAreAnErrorToo() throws IOException {
    byte[] zeros = Archive.GZIP.pack(new byte[2 << 20]);
    assertThatThrownBy(() -> ofInitramfs(zeros)).isInstanceOf(IOException.class);
  }

  @Test
  void aDamagedArchiveIsAnErrorAndNoLoop() {
    byte[] good = cpio("lib/modules/6.1/x", "init");
    for (int length = 1; length < good.length - 600; length += 7) {
      byte[] cut = java.util.Arrays.copyOf(good, length);
      assertThatThrownBy(() -> ofInitramfs(cut))
          .as("%d bytes", length)
          .isInstanceOf(IOException.class);
    }
    byte[] huge = good.clone();
    System.arraycopy(Images.text("ffffffff"), 0, huge, 6 + 8 * 11, 8);
    assertThatThrownBy(() -> ofInitramfs(huge)).isInstanceOf(IOException.class);
    byte[] letters = good.clone();
    System.arraycopy(Images.text("zzzzzzzz"), 0, letters, 6 + 8 * 6, 8);
    assertThatThrownBy(() -> ofInitramfs(letters)).isInstanceOf(IOException.class);
  }
}
