package dev.coldframe.store.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.store.Membership;
import dev.coldframe.store.Partners;
import dev.coldframe.testkit.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Appliances on a real PostgreSQL that tell each other under which addresses they answer.
@Tag("real")
class SharedPartnersTest {
  private static final int PORT = 35_439;
  private static final Ip4 ONE = Ip4.parse("192.168.0.2");
  private static final Set<Ip4> OTHERS = Set.of(Ip4.parse("192.168.0.3"), Ip4.parse("10.9.0.3"));

  @TempDir Path folder;
  private Postgres postgres;

  @BeforeEach
  void open() {
    postgres = new Postgres(folder, "127.0.0.1", PORT, List.of());
  }

  @AfterEach
  void close() {
    postgres.close();
  }

  private Path state(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  private SharedDatabase database(String name) throws IOException {
    return new SharedDatabase(postgres.state(), state(name), InstantSource.system(), "test");
  }

  @Test
  void whoComesTellsItsAddressesAndTheOthersKeepThem() throws IOException {
    var told = new CopyOnWriteArrayList<Set<Ip4>>();
    try (var a = database("a");
        var b = database("b")) {
      var partners = new SharedPartners(a, state("a"), () -> Set.of(ONE));
      a.register(partners);
      a.join();
      partners.listen(told::add);
      a.start(SharedDatabase.Watcher.NOBODY);
      b.register(new SharedPartners(b, state("b"), () -> OTHERS));
      b.join();
      Awaitility.await().untilAsserted(() -> assertThat(told).containsExactly(Set.of(), OTHERS));
      Awaitility.await().untilAsserted(() -> assertThat(Partners.of(state("a"))).isEqualTo(OTHERS));
      assertThat(Partners.of(state("b"))).containsExactly(ONE);
    }
    postgres.kill();
    told.clear();
    try (var a = database("a")) {
      var partners = new SharedPartners(a, state("a"), () -> Set.of(ONE));
      a.register(partners);
      a.join();
      partners.listen(told::add);
      assertThat(told).as("without the database").containsExactly(OTHERS);
    }
    Membership.leave(state("a"));
    assertThat(Partners.of(state("a"))).as("alone again").isEmpty();
  }
}
