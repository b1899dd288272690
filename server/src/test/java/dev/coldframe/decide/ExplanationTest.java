package dev.coldframe.decide;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.BootState;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Network;
import dev.coldframe.node.Phase;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Sites;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Answers and silence in plain words.
class ExplanationTest {
  private static final String DAHLIA = "dc:a6:32:01:36:c2";

  private World world = Sites.world();
  private final List<JournalEvent> events = new ArrayList<>();
  private final List<JournalEvent> link = new ArrayList<>();

  private void happened(EventType type, String... fields) {
    events.add(JournalEvent.of(T0.plusSeconds(events.size()), "dahlia", type, fields));
  }

  private List<String> explain(String subject) {
    Optional<BootState> state =
        events.isEmpty() ? Optional.empty() : Optional.of(BootState.initial(Phase.BOOTING, T0));
    return Explanation.of(subject, world, state, events, link, T0.plus(Duration.ofMinutes(5)));
  }

  @Test
  void aNodeThatNeverAskedIsToldToBeSilent() {
    assertThat(explain(DAHLIA))
        .first()
        .asString()
        .contains("dahlia (by its hardware address) is pinned to 192.168.0.21");
    assertThat(explain("dahlia")).contains("Nothing was ever heard of it.");
  }

  @Test
  void aStrangerIsToldWhatMakesItANode() {
    assertThat(explain("02:00:00:00:00:01")).first().asString().contains("coldframe adopt");
  }

  @Test
  void silenceHasItsReason() {
    happened(EventType.SEEN, "reason", "the pinned address is in use by another machine");
    assertThat(explain("dahlia"))
        .contains(
            "A request of it was not answered: the pinned address is in use by another machine.");
    happened(EventType.DHCP_REFUSED, "address", "10.0.0.1", "reason", "not the pinned one");
    assertThat(explain("dahlia"))
        .contains("Its request for 10.0.0.1 was refused: not the pinned one.")
        .anyMatch(line -> line.contains("dhcp-refused, 4 minutes ago"));
  }

  @Test
  void whatIsOverIsNoReason() {
    happened(EventType.SEEN, "reason", "the pool is exhausted");
    happened(EventType.DHCP_REFUSED, "address", "10.0.0.1", "reason", "not the pinned one");
    happened(EventType.BOARD_HELD, "reason", "another board is in the node's port");
    happened(EventType.DHCP_OFFERED, "address", "192.168.0.21");
    assertThat(explain("dahlia"))
        .noneMatch(line -> line.contains("exhausted") || line.contains("10.0.0.1"))
        .anyMatch(line -> line.contains("board-held"));
    happened(EventType.BOARD_TAKEN, "mac", DAHLIA);
    assertThat(explain("dahlia")).noneMatch(line -> line.contains("board-held"));
  }

  @Test
  @Tag("S-36")
  void aClockThatWasSetBackMakesNoNegativeAge() {
    events.add(JournalEvent.of(T0.plus(Duration.ofHours(1)), "dahlia", EventType.DHCP_OFFERED));
    assertThat(explain("dahlia")).anyMatch(line -> line.contains("0 seconds ago"));
  }

  @Test
  void theModeOfItsNetworkIsToldWhereItExplainsSomething() {
    world = in(Network.Mode.OBSERVE);
    assertThat(explain("dahlia")).anyMatch(line -> line.contains("not one byte"));
    world = in(Network.Mode.PROXY);
    assertThat(explain("dahlia"))
        .anyMatch(line -> line.contains("it must give dahlia 192.168.0.21"));
  }

  private static World in(Network.Mode mode) {
    Network network = Sites.inMode(Sites.network(), mode, Duration.ZERO);
    return Sites.world(Sites.site(List.of(network), Sites.rack(Sites.install())));
  }

  @Test
  void anotherServerOnTheLinkIsTold() {
    link.add(
        JournalEvent.of(
            T0,
            "link eth0",
            EventType.FOREIGN_SERVER,
            "server",
            "192.168.0.9",
            "noticed",
            "a client chose it",
            "expected",
            "no"));
    assertThat(explain("dahlia"))
        .last()
        .asString()
        .contains("should not be there, 192.168.0.9, answers on link eth0");
  }
}
