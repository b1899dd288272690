package dev.coldframe.power;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.PowerSwitch;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A program that switches, and the packet that wakes.
class HooksTest {
  @TempDir Path folder;

  private PowerDriver hook(String script, String... more) throws Exception {
    Path program = Files.writeString(folder.resolve("plug"), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    var argv = new java.util.ArrayList<>(List.of(program.toString(), "{port}", "{action}"));
    argv.addAll(Arrays.asList(more));
    Duration second = Duration.ofSeconds(1);
    return new PowerDrivers()
        .of(new PowerSwitch("plug", new PowerSwitch.Command(argv), second, second));
  }

  private static String failure(PowerDriver driver) {
    PowerException failure =
        catchThrowableOfType(PowerException.class, () -> driver.turn("left", true));
    assertThat(failure).isNotNull();
    return failure.text();
  }

  @Test
  void theCommandIsToldWhatToDo() throws Exception {
    Path said = folder.resolve("said");
    PowerDriver driver = hook("printf '%s|' \"$@\" >> " + said, "--of={switch}");
    driver.turn("7", true);
    driver.turn("a b;$(true)", false);
    assertThat(said).hasContent("7|on|--of=plug|a b;$(true)|off|--of=plug|");
  }

  @Test
  void aFailedCommandIsToldWithItsFirstLine() throws Exception {
    assertThat(failure(hook("echo; echo 'no such\tplug' >&2; echo more; exit 4")))
        .isEqualTo("plug: the command ended with 4: no such?plug");
  }

  @Test
  void aCommandThatHangsIsStopped() throws Exception {
    Path pid = folder.resolve("pid");
    assertThat(failure(hook("sleep 600 & echo $! > " + pid + "; wait")))
        .startsWith("plug: the command was not done within 1s and was stopped");
    long child = Long.parseLong(Files.readString(pid).strip());
    org.awaitility.Awaitility.await()
        .until(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void aCommandThatIsNotThereIsTold() {
    Duration second = Duration.ofSeconds(1);
    var command = new PowerSwitch.Command(List.of(folder + "/absent", "{action}"));
    assertThat(failure(new PowerDrivers().of(new PowerSwitch("plug", command, second, second))))
        .isEqualTo("plug: " + folder + "/absent cannot be run");
  }

  @Test
  void theWakeUpPacketIsBroadcast() throws Exception {
    MacAddress mac = MacAddress.parse("dc:a6:32:01:36:c2");
    try (var socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0))) {
      socket.setSoTimeout(10_000);
      WakeOnLan.send(mac, Ip4.parse("127.255.255.255"), socket.getLocalPort());
      var packet = new DatagramPacket(new byte[200], 200);
      socket.receive(packet);
      assertThat(HexFormat.of().formatHex(packet.getData(), 0, packet.getLength()))
          .isEqualTo("ffffffffffff" + "dca6320136c2".repeat(16));
    }
  }
}
