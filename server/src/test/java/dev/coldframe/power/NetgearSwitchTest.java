package dev.coldframe.power;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerPort.Condition;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.testkit.PlusSwitch;
import dev.coldframe.testkit.PlusSwitch.Mood;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetgearSwitchTest {
  @TempDir Path folder;
  private final PlusSwitch plus = new PlusSwitch();
  private Path secret;
  private PowerDriver driver;

  @BeforeEach
  void write() throws IOException {
    secret = Files.writeString(folder.resolve("secret"), PlusSwitch.PASSWORD + "\n");
    driver = driver(plus.port());
  }

  @AfterEach
  void close() {
    plus.close();
  }

  private PowerDriver driver(int port) {
    var at = new PowerSwitch.At(Ip4.parse("127.0.0.1"), port);
    Duration short2 = Duration.ofSeconds(2);
    return new PowerDrivers()
        .of(new PowerSwitch("sw3", new PowerSwitch.Netgear(at, secret.toString()), short2, short2));
  }

  private String failure(String port, boolean on) {
    PowerException failure =
        catchThrowableOfType(PowerException.class, () -> driver.turn(port, on));
    assertThat(failure).isNotNull();
    return failure.text();
  }

  @Test
  void listsItsPortsWithWatts() throws PowerException {
    assertThat(driver.ports())
        .containsExactly(
            new PowerPort("1", true, Condition.DELIVERING, Optional.of(4.4)),
            new PowerPort("2", true, Condition.SEARCHING, Optional.of(0.0)),
            new PowerPort("3", false, Condition.DISABLED, Optional.of(0.0)),
            new PowerPort("4", true, Condition.SEARCHING, Optional.of(0.0)));
  }

  @Test
  void switchesOnePortAndKeepsHowItIsSet() throws PowerException {
    driver.turn("2", false);
    assertThat(plus.on(2)).isFalse();
    assertThat(plus.forms)
        .containsExactly(
            Map.of(
                "hash",
                "4f11f5d64ef3fd75a92a9f2ad1de3060",
                "ACTION",
                "Apply",
                "portID",
                "1",
                "ADMIN_MODE",
                "0",
                "PORT_PRIO",
                "2",
                "POW_MOD",
                "3",
                "POW_LIMT_TYP",
                "2",
                "POW_LIMT",
                "30.0",
                "DETEC_TYP",
                "2",
                "DISCONNECT_TYP",
                "3"));
    driver.turn("2", true);
    assertThat(plus.on(2)).isTrue();
    assertThat(plus.on(1)).isTrue();
    assertThat(plus.on(3)).isFalse();
  }

  @Test
  void aPortThatIsSoAlreadyIsLeftAlone() throws PowerException {
    driver.turn("1", true);
    assertThat(plus.forms).isEmpty();
  }

  @Test
  void oneSessionIsUsedUntilItEnds() throws PowerException {
    driver.turn("1", false);
    driver.turn("1", true);
    assertThat(plus.logins()).isEqualTo(1);
    plus.forgetSession();
    driver.turn("1", false);
    assertThat(plus.logins()).isEqualTo(2);
    assertThat(plus.on(1)).isFalse();
  }

  @Test
  void aWrongPasswordIsToldAndIsNotInTheMessage() throws IOException {
    Files.writeString(secret, "Gruenkohl 8\n");
    assertThat(failure("1", false))
        .isEqualTo(
            "sw3 (127.0.0.1) does not let us in; look at the password in "
                + secret
                + ". It says: The password is invalid.");
    assertThat(plus.on(1)).isTrue();
    assertThat(plus.forms).isEmpty();
  }

  @Test
  void anEmptySecretIsTold() throws IOException {
    Files.writeString(secret, "\n");
    assertThat(failure("1", false))
        .isEqualTo(secret + " holds no secret; write it into its first line");
  }

  @ParameterizedTest
  @CsvSource({
    "FULL,     0, It says: The maximum number of sessions has been reached.",
    "CUT,      0, lacks what a NETGEAR Plus switch shows",
    "SILENT,   0, did not answer within 2s",
    "BROKEN,   0, broke off",
    "REFUSING, 1, did not take the order for port 1",
    "LYING,    1, 'took the order, but port 1 is as it was'"
  })
  void whatItDoesNotDoIsToldAndNothingIsChanged(Mood mood, int forms, String message) {
    plus.is(mood);
    assertThat(failure("1", false)).startsWith("sw3 (127.0.0.1) ").contains(message);
    assertThat(plus.on(1)).isTrue();
    assertThat(plus.forms).hasSize(forms);
  }

  @Test
  void aPortThatItDoesNotHaveIsTold() {
    assertThat(failure("5", false)).isEqualTo("sw3 has no port 5: it has 1, 2, 3, 4");
  }

  @Test
  void oneThatIsNotThereIsTold() {
    plus.close();
    assertThat(failure("1", false)).contains("cannot be reached");
  }
}
