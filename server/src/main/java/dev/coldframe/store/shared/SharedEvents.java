package dev.coldframe.store.shared;

import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.Outbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the other appliances what was seen here, and takes over what they saw. Each one's events
/// come in the order of their numbers, so that a place in them is enough to go on from.
final class SharedEvents {
  private static final Logger LOG = LoggerFactory.getLogger(SharedEvents.class);

  /// Other writes wait for no longer than these take.
  private static final int BATCH = 200;

  /// Rows of one look.
  private static final int LOOK = 2_000;

  /// How many events of one subject are kept there, as in each journal.
  static final int EVENTS_PER_SUBJECT = 2_000;

  private static final int TRIM_EVERY = 256;

  /// More than a journal's file ever loses of its end.
  private static final long GAP = 1_000_000;

  private final Chronicle chronicle;
  private final Outbox outbox;
  private final UUID me;

  /// Up to which number this appliance's events are written there; negative: not known yet.
  private final AtomicLong told = new AtomicLong(-1);

  /// Up to which number the events of each other appliance were taken over; on the feed's thread.
  private final Map<String, Long> taken;

  private final Map<String, Integer> sinceTrim = new HashMap<>();
  private final NewerRows newer;
  private final Map<String, String> names = new ConcurrentHashMap<>();

  /// @param newer told of kinds of events that this program does not know
  SharedEvents(Chronicle chronicle, Outbox outbox, UUID me, NewerRows newer) {
    this.newer = newer;
    this.chronicle = chronicle;
    this.outbox = outbox;
    this.me = me;
    this.taken = outbox.taken();
    chronicle.numberBeyond(outbox.last() + GAP);
  }

  /// What an appliance is called in the journal.
  String name(String appliance) {
    return names.getOrDefault(appliance, appliance);
  }

  // What others saw ──────────────────────────────────────────────────────────────────────────────

  /// What one appliance saw.
  ///
  /// @param last the number of the last row that was read
  record News(String appliance, List<Chronicle.Others> events, long last) {}

  List<News> read(Connection connection) throws SQLException {
    var places = new HashMap<String, Long>();
    try (PreparedStatement query =
            connection.prepareStatement(
                "SELECT p.appliance, p.number, a.name FROM journal_place p"
                    + " LEFT JOIN appliance a ON a.id = p.appliance");
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        places.put(rows.getString(1), rows.getLong(2));
        String name = rows.getString(3);
        if (name != null) {
          names.put(rows.getString(1), name);
        }
      }
    }
    if (told.get() < 0) {
      long place = places.getOrDefault(me.toString(), 0L);
      chronicle.numberBeyond(place);
      told.set(place);
    }
    places.remove(me.toString());
    var out = new ArrayList<News>();
    for (Map.Entry<String, Long> place : places.entrySet()) {
      long after = taken.getOrDefault(place.getKey(), 0L);
      if (place.getValue() > after) {
        out.add(read(connection, place.getKey(), after));
      }
    }
    return out;
  }

  private News read(Connection connection, String appliance, long after) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT number, at, subject, type, fields FROM event"
                + " WHERE appliance = ?::uuid AND number > ? ORDER BY number LIMIT "
                + LOOK)) {
      query.setString(1, appliance);
      query.setLong(2, after);
      var out = new ArrayList<Chronicle.Others>();
      long last = after;
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          last = rows.getLong(1);
          add(out, rows);
        }
      }
      return new News(appliance, out, last);
    }
  }

  private void add(List<Chronicle.Others> out, ResultSet row) throws SQLException {
    try {
      out.add(
          new Chronicle.Others(
              row.getLong(1),
              new JournalEvent(
                  Instant.ofEpochMilli(row.getLong(2)),
                  row.getString(3),
                  EventType.valueOf(row.getString(4)),
                  Outbox.readFields(row.getString(5)))));
    } catch (IllegalArgumentException e) {
      LOG.debug("an appliance with a newer coldframe has events that this one cannot show", e);
      newer.note("event", row.getString(4));
    }
  }

  void take(List<News> all) {
    for (News news : all) {
      if (news.events().isEmpty() || isKept(news)) {
        taken.put(news.appliance(), news.last());
      }
    }
  }

  /// What this disk has no room for now is read again at the next look.
  private boolean isKept(News news) {
    try {
      chronicle.takeOver(news.appliance(), name(news.appliance()), news.events()).join();
      return true;
    } catch (CompletionException e) {
      LOG.debug("another appliance's events are not kept yet of={}", news.appliance(), e);
      return false;
    }
  }

  // What was seen here ───────────────────────────────────────────────────────────────────────────

  /// Writes some of it there. On one thread.
  ///
  /// @return whether there was anything
  boolean push(SharedDatabase database) {
    long from = told.get();
    List<Chronicle.Others> batch = from < 0 ? List.of() : outbox.own(from, BATCH);
    if (batch.isEmpty()) {
      return false;
    }
    List<String> full = full(batch);
    long last = batch.getLast().number();
    SharedJournal.await(
        database.write(connection -> {
          insert(connection, batch);
          place(connection, last);
          trim(connection, full);
          return last;
        }));
    told.set(last);
    full.forEach(sinceTrim::remove);
    return true;
  }

  private List<String> full(List<Chronicle.Others> batch) {
    var out = new ArrayList<String>();
    for (Chronicle.Others other : batch) {
      String subject = other.event().subject();
      if (sinceTrim.merge(subject, 1, Integer::sum) == TRIM_EVERY) {
        out.add(subject);
      }
    }
    return out;
  }

  private void insert(Connection connection, List<Chronicle.Others> batch) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO event (appliance, number, at, subject, type, fields)"
                + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")) {
      for (Chronicle.Others other : batch) {
        insert.setObject(1, me);
        insert.setLong(2, other.number());
        insert.setLong(3, other.event().at().toEpochMilli());
        insert.setString(4, other.event().subject());
        insert.setString(5, other.event().type().name());
        insert.setString(6, Outbox.write(other.event()));
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private void place(Connection connection, long last) throws SQLException {
    try (PreparedStatement place =
        connection.prepareStatement(
            "INSERT INTO journal_place AS p (appliance, number) VALUES (?, ?)"
                + " ON CONFLICT (appliance) DO UPDATE SET number = greatest(p.number,"
                + " excluded.number)")) {
      place.setObject(1, me);
      place.setLong(2, last);
      place.executeUpdate();
    }
  }

  private static void trim(Connection connection, List<String> subjects) throws SQLException {
    try (PreparedStatement trim =
        connection.prepareStatement(
            "DELETE FROM event WHERE subject = ? AND (at, appliance, number) <= (SELECT at,"
                + " appliance, number FROM event WHERE subject = ? ORDER BY at DESC, appliance"
                + " DESC, number DESC LIMIT 1 OFFSET "
                + EVENTS_PER_SUBJECT
                + ")")) {
      for (String subject : subjects) {
        trim.setString(1, subject);
        trim.setString(2, subject);
        trim.addBatch();
      }
      trim.executeBatch();
    }
  }
}
