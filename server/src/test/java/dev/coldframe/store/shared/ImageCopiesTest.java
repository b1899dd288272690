package dev.coldframe.store.shared;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.store.image.ImageFetch;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which image is fetched next, and from whom.
class ImageCopiesTest {
  private static final Set<String> WANTED = Set.of("raspios");
  private static final ImageCopies.Have NOTHING = new ImageCopies.Have(Set.of(), Set.of());

  private final ImageCopies copies = new ImageCopies();
  private Instant now = T0;

  private static ImageCopy copy(String appliance, String content, long version) {
    return new ImageCopy(
        appliance,
        new ImageFetch.Wanted("raspios", content.repeat(64), 1),
        "192.168.0.2:80",
        version);
  }

  private void read(ImageCopy... all) {
    copies.read(
        true, Arrays.stream(all).map(one -> Map.entry(one.key(), Optional.of(one))).toList());
  }

  private Optional<String> next() {
    return copies
        .next(copies.missing(WANTED, NOTHING), now)
        .map(copy -> copy.appliance() + copy.image().sha256().charAt(0));
  }

  @Test
  void onlyWhatIsWantedAndNotHere() {
    ImageCopy one = copy("a", "1", 1);
    read(one);
    assertThat(copies.missing(Set.of("debian"), NOTHING)).isEmpty();
    assertThat(copies.missing(WANTED, new ImageCopies.Have(WANTED, Set.of()))).isEmpty();
    assertThat(copies.missing(WANTED, NOTHING)).containsExactly(one);
    copies.read(false, List.of(Map.entry(one.key(), Optional.empty())));
    assertThat(copies.missing(WANTED, NOTHING)).isEmpty();
  }

  @Test
  void aContentThatIsHereUnderAnotherNameIsNotFetched() {
    ImageCopy one = copy("a", "1", 1);
    read(one);
    var have = new ImageCopies.Have(Set.of("debian"), Set.of(one.image().sha256()));
    assertThat(copies.missing(WANTED, have)).isEmpty();
    assertThat(copies.misnamed(WANTED, have)).containsExactly(one);
    assertThat(copies.misnamed(WANTED, NOTHING)).isEmpty();
  }

  @Test
  void anotherApplianceIsAskedWhereOneIsAway() {
    ImageCopy first = copy("a", "1", 3);
    ImageCopy second = copy("b", "1", 2);
    read(first, second, copy("c", "0", 1));
    assertThat(next()).contains("a1");
    copies.failed(first, ImageCopies.AWAY, now);
    assertThat(next()).contains("b1");
    copies.failed(second, ImageCopies.AWAY, now);
    assertThat(next()).as("both rest").isEmpty();
    now = now.plus(ImageCopies.AWAY);
    assertThat(next()).contains("a1");
  }

  @Test
  void pausesGrowUntilTheApplianceTellsOfItAnew() {
    ImageCopy first = copy("a", "1", 1);
    read(first);
    Duration pause = ImageCopies.WRONG;
    for (int i = 0; i < 8; i++) {
      copies.failed(first, ImageCopies.WRONG, now);
      now = now.plus(pause).minusMillis(1);
      assertThat(next()).isEmpty();
      now = now.plusMillis(1);
      assertThat(next()).contains("a1");
      pause = i < 5 ? pause.multipliedBy(2) : pause;
    }
    copies.failed(first, ImageCopies.WRONG, now);
    assertThat(next()).isEmpty();
    read(copy("a", "1", 2));
    assertThat(next()).contains("a1");
  }

  @Test
  void anOlderContentIsTakenOnlyWhereTheNewestIsGivenUp() {
    ImageCopy newest = copy("a", "1", 2);
    read(newest, copy("b", "0", 1));
    for (int i = 0; i < ImageCopies.GIVEN_UP; i++) {
      assertThat(next()).isNotEqualTo(Optional.of("b0"));
      copies.failed(newest, ImageCopies.AWAY, now);
    }
    assertThat(next()).contains("b0");
  }
}
