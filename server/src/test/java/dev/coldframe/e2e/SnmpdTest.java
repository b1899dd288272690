package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerPort.Condition;
import dev.coldframe.node.PowerSupply;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.Seat;
import dev.coldframe.power.PowerDriver;
import dev.coldframe.power.PowerDrivers;
import dev.coldframe.power.PowerException;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Power over SNMP against Net-SNMP's daemon on loopback, with PoE ports and a bridge table behind
/// it: versions 2c and 3, and what it refuses.
@Tag("real")
class SnmpdTest {
  private static final String PASSWORD = "langes Geheimnis";
  private static final String ENCRYPTING = "ganz anderes Geheimnis";
  private static final String MILLIWATTS = "1.3.6.1.4.1.9.9.402.1.2.1.9";

  @TempDir Path folder;
  private Process daemon;
  private int port;

  @BeforeEach
  void start() throws IOException {
    try (var free = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    Path script = Files.writeString(folder.resolve("ports.pl"), SCRIPT);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(
        folder.resolve("ports"),
        """
        .1.3.6.1.2.1.17.4.3.1.2.220.166.50.1.54.194 7
        .1.3.6.1.2.1.17.7.1.2.2.1.2.1.220.166.50.1.54.194 7
        .1.3.6.1.2.1.17.7.1.2.2.1.2.100.220.166.50.1.54.195 8
        .1.3.6.1.2.1.105.1.1.1.3.1.7 1
        .1.3.6.1.2.1.105.1.1.1.3.1.8 2
        .1.3.6.1.2.1.105.1.1.1.6.1.7 3
        .1.3.6.1.2.1.105.1.1.1.6.1.8 1
        .1.3.6.1.2.1.105.1.3.1.1.2.1 120
        .1.3.6.1.2.1.105.1.3.1.1.3.1 1
        .1.3.6.1.2.1.105.1.3.1.1.4.1 9
        .1.3.6.1.4.1.9.9.402.1.2.1.9.1.7 4400
        .1.3.6.1.4.1.9.9.402.1.2.1.9.1.8 0
        """);
    Files.writeString(
        folder.resolve("snmpd.conf"),
        """
        rwcommunity rack
        rocommunity looker
        createUser keeper SHA-256 "%s" AES "%s"
        createUser plain SHA "%s"
        rwuser keeper priv
        rwuser plain auth
        pass_persist .1.3.6.1.2.1.17 /usr/bin/perl %s
        pass_persist .1.3.6.1.2.1.105 /usr/bin/perl %s
        pass_persist .1.3.6.1.4.1.9.9.402 /usr/bin/perl %s
        """
            .formatted(PASSWORD, ENCRYPTING, PASSWORD, script, script, script));
    var builder =
        new ProcessBuilder(
            "/usr/sbin/snmpd",
            "-f",
            "-Lo",
            "-C",
            "-c",
            folder.resolve("snmpd.conf").toString(),
            "-I",
            "-smux",
            "udp:127.0.0.1:" + port);
    builder.environment().put("SNMP_PERSISTENT_DIR", folder.resolve("persistent").toString());
    builder.environment().put("SNMPCONFPATH", folder.toString());
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile());
    daemon = builder.start();
    Awaitility.await().until(() -> Files.readString(folder.resolve("log")).contains("NET-SNMP"));
  }

  @AfterEach
  void stop() throws Exception {
    daemon.destroy();
    if (!daemon.waitFor(10, TimeUnit.SECONDS)) {
      daemon.destroyForcibly().waitFor();
    }
  }

  private PowerDriver community(String community) throws IOException {
    return driver(new PowerSwitch.Community(secret(community)));
  }

  private PowerDriver user(String name, PowerSwitch.Hash hash, boolean encrypted, String secret)
      throws IOException {
    return driver(new PowerSwitch.User(name, hash, encrypted, secret(secret)));
  }

  private String secret(String text) throws IOException {
    return Files.writeString(folder.resolve("secret"), text + "\n").toString();
  }

  private PowerDriver driver(PowerSwitch.Access access) {
    var at = new PowerSwitch.At(Ip4.parse("127.0.0.1"), port);
    var way = new PowerSwitch.Snmp(at, access, Optional.of(MILLIWATTS));
    Duration time = Duration.ofSeconds(4);
    return new PowerDrivers().of(new PowerSwitch("sw1", way, time, time));
  }

  private boolean on(int number) throws IOException {
    return Files.readString(folder.resolve("ports"))
        .contains(".1.3.6.1.2.1.105.1.1.1.3.1." + number + " 1\n");
  }

  private static String failure(PowerDriver driver) {
    PowerException failure =
        catchThrowableOfType(PowerException.class, () -> driver.turn("7", false));
    assertThat(failure).isNotNull();
    return failure.text();
  }

  @Test
  void listsSwitchesAndTellsWhoIsWhere() throws Exception {
    PowerDriver driver = community("rack");
    assertThat(driver.ports())
        .containsExactly(
            new PowerPort("7", true, Condition.DELIVERING, Optional.of(4.4)),
            new PowerPort("8", false, Condition.DISABLED, Optional.of(0.0)));
    assertThat(driver.seats())
        .containsExactly(
            new Seat(MacAddress.parse("dc:a6:32:01:36:c2"), "sw1", "7"),
            new Seat(MacAddress.parse("dc:a6:32:01:36:c3"), "sw1", "8"));
    assertThat(driver.supplies()).containsExactly(new PowerSupply(1, 120, Optional.of(9.0)));
    assertThat(driver.uptime().orElseThrow()).isBetween(Duration.ZERO, Duration.ofMinutes(2));
    driver.turn("7", false);
    assertThat(on(7)).isFalse();
    driver.turn("7", true);
    driver.turn("8", true);
    assertThat(on(7)).isTrue();
    assertThat(on(8)).isTrue();
  }

  @Test
  void usersOfVersion3Switch() throws Exception {
    user("keeper", PowerSwitch.Hash.SHA256, true, PASSWORD + "\n" + ENCRYPTING).turn("7", false);
    assertThat(on(7)).isFalse();
    user("plain", PowerSwitch.Hash.SHA, false, PASSWORD).turn("7", true);
    assertThat(on(7)).isTrue();
  }

  @Test
  void wrongSecretsAreToldAndNothingIsChanged() throws Exception {
    assertThat(failure(community("guess"))).startsWith("sw1 (127.0.0.1) did not answer within 4s");
    assertThat(failure(community("looker")))
        .isEqualTo(
            "sw1 (127.0.0.1) lets this secret look but not switch; give it write access there");
    assertThat(failure(user("keeper", PowerSwitch.Hash.SHA256, true, "ein falsches Wort")))
        .isEqualTo("sw1 (127.0.0.1) does not take the user's password or hash");
    assertThat(failure(user("nobody", PowerSwitch.Hash.SHA256, true, PASSWORD)))
        .isEqualTo("sw1 (127.0.0.1) does not know the user");
    assertThat(failure(user("keeper", PowerSwitch.Hash.SHA256, true, "kurz")))
        .isEqualTo("sw1: an SNMPv3 password has at least 8 characters; change its file");
    assertThat(on(7)).isTrue();
  }

  @Test
  void aPortThatItDoesNotHaveIsTold() throws Exception {
    PowerDriver driver = community("rack");
    assertThat(catchThrowableOfType(PowerException.class, () -> driver.turn("9", false)))
        .hasMessage("sw1 has no port 9: it has 7, 8");
  }

  /// One line an object, in order; read afresh for each question.
  private static final String SCRIPT =
      """
      #!/usr/bin/perl
      use strict; use FindBin; $| = 1;
      my $file = "$FindBin::Bin/ports";
      sub objects { open my $in, '<', $file or die; my @o = map { [split] } <$in>; @o }
      sub order {
        my @a = split /\\./, $_[0]; my @b = split /\\./, $_[1];
        while (@a && @b) { my $c = shift(@a) <=> shift(@b); return $c if $c }
        @a <=> @b
      }
      while (my $word = <STDIN>) {
        chomp $word;
        if ($word eq 'PING') { print "PONG\\n"; next }
        last if $word eq '';
        chomp(my $oid = <STDIN>);
        my @objects = objects();
        if ($word eq 'set') {
          chomp(my $to = <STDIN>);
          my ($value) = $to =~ /(-?\\d+)\\s*$/;
          my ($one) = grep { $_->[0] eq $oid } @objects;
          if (!$one || $oid !~ /\\.105\\.1\\.1\\.1\\.3\\./) { print "not-writable\\n"; next }
          $one->[1] = $value;
          open my $out, '>', $file or die; print $out "@$_\\n" for @objects; close $out;
          print "DONE\\n";
          next;
        }
        my ($one) = $word eq 'get' ? grep { $_->[0] eq $oid } @objects
                                   : grep { order($_->[0], $oid) > 0 } @objects;
        if ($one) { print "$one->[0]\\ninteger\\n$one->[1]\\n" } else { print "NONE\\n" }
      }
      """;
}
