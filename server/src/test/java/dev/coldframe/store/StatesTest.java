package dev.coldframe.store;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.BootState;
import dev.coldframe.node.Phase;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class StatesTest {
  private static BootState in(Phase phase) {
    return BootState.initial(phase, T0);
  }

  private final States states =
      new States(Map.of("iris", in(Phase.BOOTING), "dahlia", in(Phase.READY)));

  private void enter(String node, Phase phase) {
    states.change(node, _ -> in(phase));
  }

  @Test
  void knowsWhoseTimeIsMeasured() {
    assertThat(states.timed()).containsExactly("iris");
    enter("lily", Phase.ADOPTED);
    enter("dahlia", Phase.FIRST_BOOT);
    enter("iris", Phase.INSTALLING);
    assertThat(states.timed()).containsExactlyInAnyOrder("dahlia", "iris");
    enter("iris", Phase.FAILED);
    assertThat(states.timed()).containsExactly("dahlia");
    assertThat(Objects.requireNonNull(states.remove("dahlia")).phase()).isEqualTo(Phase.FIRST_BOOT);
    assertThat(states.timed()).isEmpty();
  }

  @Test
  void countsWhatStandsWhere() {
    enter("lily", Phase.READY);
    enter("lily", Phase.READY);
    assertThat(states.count(Phase.READY)).isEqualTo(2);
    assertThat(states.remove("nobody")).isNull();
    states.change("dahlia", _ -> null);
    assertThat(states.count(Phase.READY)).isEqualTo(1);
    assertThat(states.all()).containsOnlyKeys("iris", "lily");
  }
}
