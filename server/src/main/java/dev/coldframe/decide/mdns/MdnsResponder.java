package dev.coldframe.decide.mdns;

import dev.coldframe.wire.mdns.MdnsMessage;
import dev.coldframe.wire.mdns.MdnsQuestion;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// What this appliance says of itself on one link (RFC 6762, sections 6 to 10). Whoever owns it
/// sends what it returns, and calls [#wake] when [#wakeAt] has come.
///
/// ```
///   start ─▶ PROBING ──three probes, no objection──▶ ANNOUNCING ──two announcements──▶ STANDING
///             ▲  │ somebody has the name: the next one              │                    │
///             └──┴───────────────── somebody else says so ◀─────────┴────────────────────┘
/// ```
///
/// Mutable and without locks, owned by one thread. Times are nanoseconds of any monotonic clock.
public final class MdnsResponder {
  static final int PROBES = 3;
  static final int ANNOUNCEMENTS = 2;
  static final long PROBE_GAP = millis(250);
  static final long SECOND = millis(1_000);

  /// RFC 6762, section 8.1: fifteen conflicts in ten seconds slow us down to one try in five.
  static final int MANY_CONFLICTS = 15;

  static final long CONFLICT_WINDOW = millis(10_000);
  static final long SLOW = millis(5_000);

  /// A unicast answer to an asker that does not know multicast (section 6.7).
  static final long LEGACY_TTL_SECONDS = 10;

  /// Askers whose known answers come in several packets; of more the first packet is answered.
  static final int MAX_HELD = 16;

  private static final int MAX_LABEL_BASE = 58;

  private enum Phase {
    PROBING,
    ANNOUNCING,
    STANDING
  }

  /// What an asker wants of ours and what of that it knows: no more than we have, however long its
  /// messages are.
  ///
  /// @param until when it is answered
  /// @param alone what only the asker need hear
  private record Wish(
      long until, Set<OwnRecord> wanted, Set<OwnRecord> alone, Set<OwnRecord> known) {
    static Wish of(long until) {
      return new Wish(until, new LinkedHashSet<>(), new LinkedHashSet<>(), new HashSet<>());
    }

    void add(MdnsMessage query, OwnRecords own) {
      for (MdnsQuestion question : query.questions()) {
        (question.unicast() ? alone : wanted).addAll(own.answers(question));
      }
      for (Record record : query.answers()) {
        own.all().stream().filter(ours -> knows(record, ours)).forEach(known::add);
      }
    }
  }

  private final MdnsPlan plan;
  private final IntUnaryOperator random;
  private final Deque<Long> conflicts = new ArrayDeque<>();
  private final Map<OwnRecord, Long> multicastAt = new HashMap<>();
  private final Map<OwnRecord, Long> due = new LinkedHashMap<>();
  private final Map<Peer, Wish> held = new LinkedHashMap<>();
  private int hostTry;
  private int instanceTry;
  private OwnRecords own;
  private Phase phase = Phase.PROBING;
  private int sent;
  private long nextAt;

  /// Too many conflicts: every further try waits, until the names are ours.
  private boolean slow;

  /// Starts probing.
  ///
  /// @param random a number from 0 to below its argument
  public MdnsResponder(MdnsPlan plan, IntUnaryOperator random, long now) {
    this.plan = plan;
    this.random = random;
    this.own = records();
    this.nextAt = now + between(0, 250);
  }

  /// What is announced.
  public MdnsPlan plan() {
    return plan;
  }

  /// The host's name without `.local`, as it stands now.
  public String hostName() {
    return own.host().getLabelString(0);
  }

  /// Whether the names are ours.
  public boolean stands() {
    return phase != Phase.PROBING;
  }

  private OwnRecords records() {
    String base = plan.instance();
    base = base.substring(0, Math.min(base.length(), MAX_LABEL_BASE));
    String instance = instanceTry == 0 ? plan.instance() : base + "-" + (instanceTry + 1);
    return new OwnRecords(plan, plan.host().get(hostTry % plan.host().size()), instance);
  }

  /// Takes a message.
  ///
  /// @param fromUs whether its sender has an address of this host: what another program here says,
  ///   or what we said ourselves on another interface, is no objection (row M-04)
  /// @return what is sent now
  public List<MdnsSend> receive(MdnsMessage message, Peer from, boolean fromUs, long now) {
    var out = new ArrayList<MdnsSend>();
    if (message.response()) {
      if (!fromUs && from.port() == Peer.MDNS_PORT) {
        objections(message, now, out);
      }
    } else {
      if (!fromUs && phase == Phase.PROBING) {
        compareClaims(message, now);
      }
      query(message, from, now, out);
    }
    out.addAll(wake(now));
    return out;
  }

  private void query(MdnsMessage message, Peer from, long now, List<MdnsSend> out) {
    if (phase == Phase.PROBING) {
      return;
    }
    if (from.port() != Peer.MDNS_PORT) {
      legacy(message, from, out);
      return;
    }
    Wish waiting = held.get(from);
    if (waiting == null && message.truncated() && held.size() < MAX_HELD) {
      waiting = Wish.of(now + between(400, 101));
      held.put(from, waiting);
    }
    if (waiting != null) {
      waiting.add(message, own);
      return;
    }
    Wish wish = Wish.of(now);
    wish.add(message, own);
    answer(wish, !message.authority().isEmpty(), from, now, out);
  }

  /// Row M-09: who has more than half of a record's time left needs no answer.
  private static boolean knows(Record known, OwnRecord ours) {
    return ours.saysTheSame(known) && known.getTTL() >= ours.plain().getTTL() / 2;
  }

  private void answer(Wish wish, boolean claims, Peer from, long now, List<MdnsSend> out) {
    var alone = new ArrayList<OwnRecord>();
    wish.alone().removeAll(wish.wanted());
    wish.alone().removeAll(wish.known());
    wish.wanted().removeAll(wish.known());
    for (OwnRecord answer : wish.alone()) {
      if (recentlyMulticast(answer, now)) {
        alone.add(answer);
      } else {
        wish.wanted().add(answer);
      }
    }
    for (OwnRecord answer : wish.wanted()) {
      // Several may have something to say about a shared record, only we about ours.
      long at = answer.unique() ? now : now + between(20, 101);
      schedule(answer, at, claims ? PROBE_GAP : SECOND);
    }
    if (!alone.isEmpty()) {
      out.add(new MdnsSend(response(alone, own.additional(alone)), from));
    }
  }

  /// Row M-08.
  private boolean recentlyMulticast(OwnRecord answer, long now) {
    Long last = multicastAt.get(answer);
    long quarter = Duration.ofSeconds(answer.plain().getTTL()).toNanos() / 4;
    return last != null && now - last <= quarter;
  }

  /// Row M-11: the same record at most once a second, against a claim four times.
  private void schedule(OwnRecord answer, long at, long gap) {
    Long last = multicastAt.get(answer);
    long earliest = last == null ? at : Math.max(at, last + gap);
    due.merge(answer, earliest, (a, b) -> a - b < 0 ? a : b);
  }

  private void legacy(MdnsMessage message, Peer from, List<MdnsSend> out) {
    Set<OwnRecord> answers = new LinkedHashSet<>();
    message.questions().forEach(question -> answers.addAll(own.answers(question)));
    if (answers.isEmpty()) {
      return;
    }
    List<OwnRecord> list = List.copyOf(answers);
    var reply =
        new MdnsMessage(
            message.id(),
            true,
            false,
            message.questions(),
            list.stream().map(a -> a.forLegacy(LEGACY_TTL_SECONDS)).toList(),
            List.of(),
            own.additional(list).stream().map(a -> a.forLegacy(LEGACY_TTL_SECONDS)).toList());
    out.add(new MdnsSend(reply, from));
  }

  private static MdnsMessage response(List<OwnRecord> answers, List<OwnRecord> additional) {
    return MdnsMessage.response(
        answers.stream().map(OwnRecord::sent).toList(),
        additional.stream().map(OwnRecord::sent).toList());
  }

  /// Two hosts that want a name at the same time: the later one in order has it (section 8.2).
  private void compareClaims(MdnsMessage query, long now) {
    for (Name name : own.claimedNames()) {
      List<Record> theirs =
          query.authority().stream()
              .filter(r -> r.getName().equals(name))
              .sorted(OwnRecord::compareClaims)
              .toList();
      List<Record> ours =
          own.claims().stream()
              .map(OwnRecord::plain)
              .filter(r -> r.getName().equals(name))
              .sorted(OwnRecord::compareClaims)
              .toList();
      if (!theirs.isEmpty() && compare(ours, theirs) < 0) {
        sent = 0;
        nextAt = now + SECOND;
        return;
      }
    }
  }

  private static int compare(List<Record> ours, List<Record> theirs) {
    for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
      int order = OwnRecord.compareClaims(ours.get(i), theirs.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(ours.size(), theirs.size());
  }

  /// Somebody says something else about a name of ours (section 9).
  private void objections(MdnsMessage response, long now, List<MdnsSend> out) {
    var said = new ArrayList<>(response.answers());
    said.addAll(response.additional());
    for (Record record : said) {
      if (record.getTTL() > 0 && objects(record)) {
        conflict(record.getName(), now, out);
        return;
      }
    }
  }

  /// While we probe, any record of the name shows that it is taken; later only one of a kind that
  /// we have too.
  private boolean objects(Record record) {
    boolean same = false;
    boolean concerned = false;
    for (OwnRecord ours : own.claims()) {
      if (ours.concerns(record)) {
        concerned |= phase == Phase.PROBING || ours.plain().getType() == record.getType();
        same |= ours.saysTheSame(record);
      }
    }
    return concerned && !same;
  }

  private void conflict(Name name, long now, List<MdnsSend> out) {
    conflicts.addLast(now);
    while (conflicts.size() > MANY_CONFLICTS) {
      conflicts.removeFirst();
    }
    if (phase == Phase.PROBING) {
      rename(name, out);
    }
    slow |= conflicts.size() == MANY_CONFLICTS && now - conflicts.getFirst() <= CONFLICT_WINDOW;
    phase = Phase.PROBING;
    sent = 0;
    nextAt = now + (slow ? SLOW : between(0, 250));
    due.clear();
    held.clear();
  }

  /// The next name. What others keep under the old ones is taken back, where it was announced.
  private void rename(Name name, List<MdnsSend> out) {
    List<OwnRecord> old = own.shared().stream().filter(multicastAt::containsKey).toList();
    if (own.isHost(name)) {
      hostTry++;
    } else {
      instanceTry++;
      if (!old.isEmpty()) {
        out.add(goodbye(old));
      }
    }
    own = records();
    multicastAt.clear();
  }

  /// When [#wake] wants to be called next.
  public long wakeAt() {
    long at = phase == Phase.STANDING ? Long.MAX_VALUE : nextAt;
    at = due.values().stream().reduce(at, MdnsResponder::earlier);
    return held.values().stream().map(Wish::until).reduce(at, MdnsResponder::earlier);
  }

  private static long earlier(long a, long b) {
    return a == Long.MAX_VALUE || (b != Long.MAX_VALUE && b - a < 0) ? b : a;
  }

  /// Does what is due.
  ///
  /// @return what is sent now
  public List<MdnsSend> wake(long now) {
    var out = new ArrayList<MdnsSend>();
    releaseHeld(now, out);
    switch (phase) {
      case PROBING -> probe(now, out);
      case ANNOUNCING -> announce(now);
      case STANDING -> {}
    }
    flush(now, out);
    return out;
  }

  private void releaseHeld(long now, List<MdnsSend> out) {
    List<Peer> over =
        held.entrySet().stream()
            .filter(e -> now - e.getValue().until() >= 0)
            .map(Map.Entry::getKey)
            .toList();
    for (Peer asker : over) {
      Wish wish = held.remove(asker);
      if (wish != null) {
        answer(wish, false, asker, now, out);
      }
    }
  }

  private void probe(long now, List<MdnsSend> out) {
    if (now - nextAt < 0) {
      return;
    }
    if (sent == PROBES) {
      phase = Phase.ANNOUNCING;
      slow = false;
      sent = 0;
      nextAt = now;
      announce(now);
      return;
    }
    List<MdnsQuestion> questions =
        own.claimedNames().stream()
            .map(name -> new MdnsQuestion(name, Type.ANY, DClass.IN, true))
            .toList();
    List<Record> claims = own.claims().stream().map(OwnRecord::plain).toList();
    out.add(new MdnsSend(MdnsMessage.query(questions, claims), Peer.GROUP));
    sent++;
    nextAt = now + PROBE_GAP;
  }

  private void announce(long now) {
    if (now - nextAt < 0) {
      return;
    }
    own.announced().forEach(record -> schedule(record, now, SECOND));
    sent++;
    nextAt = now + SECOND;
    if (sent == ANNOUNCEMENTS) {
      phase = Phase.STANDING;
    }
  }

  private void flush(long now, List<MdnsSend> out) {
    List<OwnRecord> answers =
        due.entrySet().stream()
            .filter(e -> now - e.getValue() >= 0)
            .map(Map.Entry::getKey)
            .toList();
    if (answers.isEmpty()) {
      return;
    }
    List<OwnRecord> additional =
        own.additional(answers).stream().filter(a -> !saidThisSecond(a, now)).toList();
    for (List<OwnRecord> said : List.of(answers, additional)) {
      said.forEach(record -> {
        due.remove(record);
        multicastAt.put(record, now);
      });
    }
    out.add(new MdnsSend(response(answers, additional), Peer.GROUP));
  }

  private boolean saidThisSecond(OwnRecord record, long now) {
    Long last = multicastAt.get(record);
    return last != null && now - last < SECOND;
  }

  /// What is sent when we go: everything that was said is taken back, also while a name of it is in
  /// dispute.
  public List<MdnsSend> goodbye() {
    List<OwnRecord> said = own.announced().stream().filter(multicastAt::containsKey).toList();
    return said.isEmpty() ? List.of() : List.of(goodbye(said));
  }

  private static MdnsSend goodbye(List<OwnRecord> records) {
    List<Record> taken = records.stream().map(OwnRecord::goodbye).toList();
    return new MdnsSend(MdnsMessage.response(taken, List.of()), Peer.GROUP);
  }

  private long between(int fromMillis, int count) {
    return millis(fromMillis + random.applyAsInt(count));
  }

  private static long millis(long count) {
    return Duration.ofMillis(count).toNanos();
  }
}
