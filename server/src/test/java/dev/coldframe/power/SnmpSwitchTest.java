package dev.coldframe.power;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerPort.Condition;
import dev.coldframe.node.PowerSupply;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.Seat;
import dev.coldframe.testkit.SnmpAgent;
import dev.coldframe.testkit.SnmpAgent.Mood;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnmpSwitchTest {
  private static final String ADMIN = "1.3.6.1.2.1.105.1.1.1.3.";
  private static final String STATUS = "1.3.6.1.2.1.105.1.1.1.6.";
  private static final String WATTS = "1.3.6.1.4.1.9.9.402.1.2.1.9.";
  private static final String BY_VLAN = "1.3.6.1.2.1.17.7.1.2.2.1.2.";
  private static final String PLAIN = "1.3.6.1.2.1.17.4.3.1.2.";
  private static final String DAHLIA = "220.166.50.1.54.194";

  @TempDir Path folder;
  private final SnmpAgent agent = new SnmpAgent();
  private Path secret;
  private PowerDriver driver;

  @BeforeEach
  void write() throws IOException {
    secret = Files.writeString(folder.resolve("secret"), SnmpAgent.COMMUNITY + "\n");
    agent
        .with(ADMIN + "1.6", 2)
        .with(ADMIN + "1.7", 1)
        .with(ADMIN + "2.7", 1)
        .with(STATUS + "1.6", 1)
        .with(STATUS + "1.7", 3)
        .with(STATUS + "2.7", 4)
        .with(WATTS + "1.7", 4400)
        .with(BY_VLAN + "1." + DAHLIA, 7)
        .with(BY_VLAN + "100.220.166.50.1.54.195", 0);
    var at = new PowerSwitch.At(Ip4.parse("127.0.0.1"), agent.port());
    var way =
        new PowerSwitch.Snmp(
            at,
            new PowerSwitch.Community(secret.toString()),
            Optional.of(WATTS.substring(0, WATTS.length() - 1)));
    Duration second = Duration.ofSeconds(1);
    driver = new PowerDrivers().of(new PowerSwitch("sw1", way, second, second));
  }

  @AfterEach
  void close() {
    agent.close();
  }

  private String failure() {
    PowerException failure =
        catchThrowableOfType(PowerException.class, () -> driver.turn("7", false));
    assertThat(failure).isNotNull();
    return failure.text();
  }

  @Test
  void listsItsPortsWithWatts() throws PowerException {
    assertThat(driver.ports())
        .containsExactly(
            new PowerPort("6", false, Condition.DISABLED, Optional.empty()),
            new PowerPort("7", true, Condition.DELIVERING, Optional.of(4.4)),
            new PowerPort("2/7", true, Condition.FAULT, Optional.empty()));
  }

  @Test
  void switchesOnePort() throws PowerException {
    driver.turn("7", false);
    driver.turn("2/7", false);
    driver.turn("6", true);
    assertThat(agent.orders).containsExactly(ADMIN + "1.7=2", ADMIN + "2.7=2", ADMIN + "1.6=1");
  }

  @Test
  void aPortThatIsSoAlreadyIsLeftAlone() throws PowerException {
    driver.turn("7", true);
    assertThat(agent.orders).isEmpty();
  }

  @Test
  void tellsWhoWasHeardWhere() throws PowerException {
    assertThat(driver.seats())
        .containsExactly(new Seat(MacAddress.parse("dc:a6:32:01:36:c2"), "sw1", "7"));
  }

  @Test
  void tellsWhatItCanGiveAndForHowLongItHasRun() throws PowerException {
    assertThat(driver.supplies()).isEmpty();
    assertThat(driver.uptime()).isEmpty();
    agent
        .with("1.3.6.1.2.1.105.1.3.1.1.2.1", 120)
        .with("1.3.6.1.2.1.105.1.3.1.1.4.1", 37)
        .with("1.3.6.1.2.1.105.1.3.1.1.2.2", 240)
        .with("1.3.6.1.2.1.1.3.0", 360_000);
    assertThat(driver.supplies())
        .containsExactly(
            new PowerSupply(1, 120, Optional.of(37.0)), new PowerSupply(2, 240, Optional.empty()));
    assertThat(driver.uptime()).contains(Duration.ofHours(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.3.6.1.4.1.9.9.402.1.2.1.9.",
        "1.3.6.1.4.1.11.2.14.11.1.9.1.1.1.8.",
        "1.3.6.1.4.1.4526.10.15.1.1.1.2.",
        "1.3.6.1.4.1.4413.1.1.15.1.1.1.2."
      })
  void findsTheMilliwattsOfKnownMakersUnasked(String column) throws PowerException {
    try (var other = new SnmpAgent().with(ADMIN + "1.7", 1).with(column + "1.7", 6300)) {
      var at = new PowerSwitch.At(Ip4.parse("127.0.0.1"), other.port());
      var way =
          new PowerSwitch.Snmp(at, new PowerSwitch.Community(secret.toString()), Optional.empty());
      Duration second = Duration.ofSeconds(1);
      assertThat(new PowerDrivers().of(new PowerSwitch("sw9", way, second, second)).ports())
          .containsExactly(new PowerPort("7", true, Condition.UNKNOWN, Optional.of(6.3)));
    }
  }

  @Test
  void withoutVlansTheOldTableIsRead() throws PowerException {
    try (var old = new SnmpAgent().with(PLAIN + DAHLIA, 3)) {
      var at = new PowerSwitch.At(Ip4.parse("127.0.0.1"), old.port());
      var way =
          new PowerSwitch.Snmp(at, new PowerSwitch.Community(secret.toString()), Optional.empty());
      Duration second = Duration.ofSeconds(1);
      PowerDriver other = new PowerDrivers().of(new PowerSwitch("sw9", way, second, second));
      assertThat(other.seats())
          .containsExactly(new Seat(MacAddress.parse("dc:a6:32:01:36:c2"), "sw9", "3"));
      assertThat(catchThrowableOfType(PowerException.class, other::ports))
          .hasMessage("sw9 has no POWER-ETHERNET-MIB; drive it with driver: command");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HALF,      0, answered by half",
    "TEXTS,     0, answered by half",
    "SILENT,    0, did not answer within 1s",
    "READ_ONLY, 1, lets this secret look but not switch",
    "LYING,     1, 'took the order, but port 7 is as it was'"
  })
  void whatItDoesNotDoIsToldAndNothingIsChanged(Mood mood, int orders, String message) {
    agent.is(mood);
    assertThat(failure()).startsWith("sw1").contains(message);
    assertThat(agent.value(ADMIN + "1.7")).contains(1);
    assertThat(agent.orders).hasSize(orders);
  }

  @Test
  void aWrongCommunityIsSilenceAndIsNotInTheMessage() throws IOException {
    Files.writeString(secret, "geheim\n");
    assertThat(failure())
        .isEqualTo(
            "sw1 (127.0.0.1) did not answer within 1s; look at its address, community (a wrong one"
                + " is never answered) and whether SNMP is on there");
    assertThat(agent.orders).isEmpty();
  }

  @Test
  void anOrderWhoseAnswerIsLostIsToldAsSuch() {
    agent.is(Mood.LAST_ORDER);
    assertThat(failure())
        .startsWith("an order was given, and what became of it is not known: sw1 (127.0.0.1) did");
    assertThat(agent.value(ADMIN + "1.7")).contains(2);
  }

  /// The rows that are missing might be those of others at the node's port.
  @Test
  void aBridgeTableThatIsTooLongIsNotCut() {
    for (int i = 0; i <= SnmpSession.MAX_ROWS; i++) {
      agent.with(BY_VLAN + "2.0.0.0.0." + i / 256 + "." + i % 256, 9);
    }
    assertThat(catchThrowableOfType(PowerException.class, driver::seats).text())
        .startsWith("sw1 (127.0.0.1) has a table of more than 4096 rows");
  }

  @Test
  void aTableWithoutEndIsNotReadForEver() {
    agent.is(Mood.CIRCLES);
    assertThat(catchThrowableOfType(PowerException.class, driver::ports))
        .hasMessage("sw1 (127.0.0.1) answers in circles; its table cannot be read");
  }

  @Test
  void aPortThatItDoesNotHaveIsTold() {
    assertThat(catchThrowableOfType(PowerException.class, () -> driver.turn("9", true)))
        .hasMessage("sw1 has no port 9: it has 6, 7, 2/7");
    assertThat(agent.orders).isEmpty();
  }
}
