package dev.coldframe;

import dev.coldframe.node.CutOff;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.SharedState;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.InstallJobs;
import dev.coldframe.store.LeaseStore;
import dev.coldframe.store.Worlds;
import dev.coldframe.store.shared.ClockGap;
import dev.coldframe.store.shared.SharedDatabase;
import dev.coldframe.store.shared.SharedLease;
import dev.coldframe.store.shared.SharedLeaseStore;
import dev.coldframe.store.shared.SharedNews;
import dev.coldframe.transport.SteadyClock;
import dev.coldframe.transport.dhcp.DhcpService;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The part of an appliance that shares its state with others: what they write goes into the lease
/// book and the world, and what they think of the database into the journal. Nothing here is loaded
/// where there is no other.
final class SharedWiring implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedWiring.class);

  private final SharedDatabase database;
  private final SharedLeaseStore store;
  private final SharedRest rest;
  private final SteadyClock steady;
  private final String shown;

  /// @param copy the state folder's own leases
  /// @param steady what leases end by
  /// @param own what else there is in the state folder
  /// @throws dev.coldframe.store.StoreException when this appliance must not take part
  SharedWiring(SharedState where, LeaseStore copy, SteadyClock steady, SharedRest.Own own) {
    this.steady = steady;
    this.shown = where.shown();
    database = new SharedDatabase(where, own.folder(), steady, Coldframe.VERSION);
    store = new SharedLeaseStore(database, copy, steady);
    rest = new SharedRest(database, own);
    try {
      database.join();
    } catch (RuntimeException e) {
      rest.close();
      database.close();
      throw e;
    }
  }

  /// Which installs are this appliance's.
  InstallJobs jobs() {
    return rest.jobs();
  }

  /// Leases and nodes of all appliances.
  LeaseStore store() {
    return store;
  }

  /// How a lease book of this appliance gives addresses.
  LeaseBook.Sharing sharing() {
    return new LeaseBook.Sharing(ClockGap.TOO_FAR, database::place);
  }

  /// Lets others be heard from now on.
  ///
  /// @param loop the DHCP loop, which owns the lease book
  void start(DhcpService dhcp, EventExecutor loop) {
    dhcp.worlds().cutOff(database.cutOff());
    store.listen(
        new SharedNews() {
          @Override
          public void leases(List<SharedLease> leases) {
            loop.execute(() ->
                leases.stream()
                    .filter(store::isLatest)
                    .forEach(row -> dhcp.book().heard(row.lease())));
          }

          @Override
          public void nodes() {
            dhcp.worlds().refresh();
          }
        });
    database
        .newer()
        .listen(() -> dhcp.counters().count("state", "a newer coldframe wrote what is not known"));
    database.start(new Watcher(dhcp.worlds(), dhcp.chronicle(), loop));
    rest.start(dhcp.worlds());
  }

  /// Tells the world and the journal how it stands.
  private final class Watcher implements SharedDatabase.Watcher {
    private final Worlds worlds;
    private final Chronicle chronicle;
    private final EventExecutor loop;
    private boolean toldCut;
    private boolean toldClock;

    Watcher(Worlds worlds, Chronicle chronicle, EventExecutor loop) {
      this.worlds = worlds;
      this.chronicle = chronicle;
      this.loop = loop;
    }

    @Override
    public void stands(Optional<CutOff> cut) {
      // In one order, whoever calls, and behind what was read of the leases, which is on its way to
      // the loop too.
      loop.execute(() -> worlds.cutOff(database.cutOff()));
      if (cut.isPresent()) {
        if (!toldCut) {
          toldCut = true;
          LOG.warn(
              "cut off from the shared database: pins are served, nothing new is given database={}"
                  + " reason={}",
              shown,
              cut.get().reason());
          tell(EventType.STATE_CUT_OFF, "reason", cut.get().reason());
        }
      } else {
        store.writeLate();
        if (toldCut) {
          toldCut = false;
          LOG.warn("the shared database is used again database={}", shown);
          tell(EventType.STATE_JOINED);
        }
      }
    }

    /// A clock that was set since the start, and that the database agrees with, is what leases end
    /// by from now on.
    @Override
    public ClockGap clock(ClockGap gap) {
      Instant wall = Instant.now();
      var wallGap = new ClockGap(gap.ahead().plus(Duration.between(steady.instant(), wall)));
      ClockGap now = gap;
      if (gap.isDoubtful() && !wallGap.isDoubtful()) {
        steady.follow(wall);
        now = wallGap;
      }
      if (now.isDoubtful() != toldClock) {
        toldClock = now.isDoubtful();
        LOG.warn("this clock is {} database={}", now.shown(), shown);
        tell(toldClock ? EventType.CLOCK_APART : EventType.CLOCK_TOGETHER, "gap", now.shown());
      }
      return now;
    }

    private void tell(EventType type, String... field) {
      var all = new ArrayList<>(List.of("database", shown));
      all.addAll(List.of(field));
      chronicle.record(
          JournalEvent.of(
              Instant.now(), JournalEvent.SHARED_STATE, type, all.toArray(String[]::new)));
    }
  }

  /// Hears no more of the others; before the DHCP loop ends, which is told of them.
  void stop() {
    database.stopFeed();
  }

  /// Lets the database go; the state folder's own leases are closed by who opened them.
  @Override
  public void close() {
    rest.close();
    database.close();
  }
}
