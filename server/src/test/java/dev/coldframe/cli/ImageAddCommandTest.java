package dev.coldframe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.testkit.Commands;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageAddCommandTest {
  @TempDir Path state;

  private Commands.Ran add(String what) {
    return Commands.run("image", "add", what, "--state", state.toString());
  }

  @Test
  @Tag("H-11")
  void noAddressIsAsked() throws Exception {
    try (var nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody.setSoTimeout(200);
      Commands.Ran ran = add("http://127.0.0.1:" + nobody.getLocalPort() + "/os.img.xz");
      assertThat(ran.exit()).isEqualTo(ExitCode.USAGE);
      assertThatThrownBy(nobody::accept).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @ParameterizedTest
  @Tag("H-11")
  @ValueSource(
      strings = {
        "https://example.com/os.img.xz",
        "http://169.254.169.254/latest",
        "ftp://192.168.0.1/os.img",
        "file:///etc/passwd"
      })
  void anAddressIsRefusedWithWhatToDo(String address) {
    Commands.Ran ran = add(address);
    assertThat(ran.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(ran.err()).contains("imported from files alone. Download it first");
    assertThat(state).isEmptyDirectory();
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Commands.Ran ran = add(state.resolve("none.img").toString());
    assertThat(ran.exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(ran.err()).contains("none.img was not imported: ");
  }
}
