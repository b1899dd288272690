package dev.coldframe.decide.mdns;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.wire.mdns.MdnsMessage;
import dev.coldframe.wire.mdns.MdnsQuestion;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// Who calls itself what on one link. Only what a machine says of its own address counts: what it
/// says of others' is theirs to say. Whoever owns it calls [#tick] about once a second and sends
/// the questions that it returns.
///
/// Memory is bounded whatever is said: [#MAX_MACHINES] with [#NAMES_PER_MACHINE] each, and
/// [#MAX_QUESTIONS] about them; who comes later is not heard.
///
/// Mutable and without locks, owned by one thread. Times are nanoseconds of any monotonic clock.
public final class HeardNames {
  static final int MAX_MACHINES = 4_096;

  /// A host has one, or a few aliases.
  static final int NAMES_PER_MACHINE = 4;

  private static final int OTHER_ADDRESSES = 4;

  /// Names that wait to be asked about; who changes names for the sake of it makes no more wait.
  static final int MAX_QUESTIONS = 1_024;

  /// A name that was not heard for that long is gone. Longer than a host record lives (two
  /// minutes), so that a rack of a thousand nodes need not be asked ten times a second.
  static final Duration HOLD = Duration.ofMinutes(15);

  /// A name is asked about again this long after it was heard, and then once a minute.
  static final Duration ASK_AFTER = Duration.ofMinutes(12);

  /// A machine that takes another name says so, but says nothing about the old one: that is asked
  /// about, and gone if nobody answers by then.
  static final Duration DOUBT = Duration.ofSeconds(4);

  /// The third question goes out after three seconds; a busy machine may take a while.
  static final Duration SETTLED = Duration.ofSeconds(15);

  private static final Duration ASK_AGAIN = Duration.ofMinutes(1);
  private static final Duration ONE_SECOND = Duration.ofSeconds(1);
  private static final Duration LONGEST_BROWSE = Duration.ofMinutes(60);
  private static final int QUESTIONS_PER_MESSAGE = 20;
  private static final int MESSAGES_PER_TICK = 5;
  private static final int MAC_CHARS = 17;

  private static final Name LOCAL = name("local.");
  private static final Name WORKSTATION = name("_workstation._tcp.local.");
  private static final List<Name> BROWSED = List.of(WORKSTATION, name("_ssh._tcp.local."));

  private static final class Machine {
    private Optional<MacAddress> mac = Optional.empty();
    private final Map<Name, Held> names = new LinkedHashMap<>();
    private final SequencedSet<Ip4> others = new LinkedHashSet<>();
  }

  private static final class Held {
    private long until;
    private long askAt;
    private boolean doubted;
  }

  private final Map<Ip4, Machine> machines = new LinkedHashMap<>();
  private final SequencedSet<MdnsQuestion> questions = new LinkedHashSet<>();
  private final long began;
  private long sweepAt;
  private int sweeps;
  private long browseAt;
  private long browseGap = ONE_SECOND.toNanos();
  private long changes;

  /// Knows nothing yet.
  public HeardNames(long now) {
    this.began = now;
    this.sweepAt = now;
    this.browseAt = now;
  }

  /// Grows whenever [#machines] would say something else.
  public long changes() {
    return changes;
  }

  /// Whether whoever is there has had the time to say so: it was asked three times.
  public boolean settled(long now) {
    return now - began >= SETTLED.toNanos();
  }

  /// Who is there.
  public List<HeardMachine> machines() {
    return machines.entrySet().stream()
        .map(e ->
            new HeardMachine(
                e.getKey(),
                e.getValue().mac,
                e.getValue().names.keySet().stream().map(n -> n.getLabelString(0)).toList(),
                List.copyOf(e.getValue().others)))
        .toList();
  }

  /// Takes a response.
  ///
  /// @param source where it came from, an address on the link
  /// @return false when something in it was not kept, for there is too much already
  public boolean hear(MdnsMessage response, Ip4 source, long now) {
    boolean kept = true;
    var said = new ArrayList<>(response.answers());
    said.addAll(response.additional());
    for (Record record : said) {
      Optional<Name> name = ownName(record, source);
      if (name.isPresent() && record.getTTL() == 0) {
        forget(source, name.get());
      } else if (name.isPresent()) {
        kept &= keep(source, name.get(), now);
      }
    }
    Machine machine = machines.get(source);
    if (machine != null) {
      said.forEach(record -> learn(machine, record, source));
    }
    return kept;
  }

  /// The name that a record gives to the address it came from.
  private static Optional<Name> ownName(Record record, Ip4 source) {
    boolean own =
        switch (record) {
          case ARecord address -> ip(address.getAddress()).equals(source);
          case PTRRecord reverse -> reverse.getName().equals(reverseName(source));
          default -> false;
        };
    if (!own) {
      return Optional.empty();
    }
    Name name = record instanceof PTRRecord reverse ? reverse.getTarget() : record.getName();
    // One label under `local`, and the root.
    return name.labels() == 3 && name.subdomain(LOCAL) ? Optional.of(name) : Optional.empty();
  }

  /// `host [dc:a6:32:01:36:c2]._workstation._tcp.local`, as Avahi names it.
  private static Optional<MacAddress> workstation(Record record) {
    if (!(record instanceof PTRRecord pointer) || !record.getName().equals(WORKSTATION)) {
      return Optional.empty();
    }
    String label = pointer.getTarget().getLabelString(0);
    int open = label.length() - MAC_CHARS - 2;
    return open >= 0 && label.charAt(open) == '[' && label.endsWith("]")
        ? MacAddress.tryParse(label.substring(open + 1, label.length() - 1))
        : Optional.empty();
  }

  private void learn(Machine machine, Record record, Ip4 source) {
    Optional<MacAddress> mac = workstation(record);
    if (mac.isPresent() && !mac.equals(machine.mac)) {
      machine.mac = mac;
      changes++;
    }
    if (record instanceof ARecord more && machine.names.containsKey(more.getName())) {
      Ip4 other = ip(more.getAddress());
      boolean fits = !other.equals(source) && machine.others.size() < OTHER_ADDRESSES;
      if (fits && machine.others.add(other)) {
        changes++;
      }
    }
  }

  private boolean keep(Ip4 source, Name name, long now) {
    Machine machine = machines.get(source);
    if (machine == null) {
      if (machines.size() >= MAX_MACHINES) {
        return false;
      }
      machine = new Machine();
      machines.put(source, machine);
    }
    Held held = machine.names.get(name);
    if (held == null) {
      if (machine.names.size() >= NAMES_PER_MACHINE) {
        return false;
      }
      machine.names.values().forEach(other -> doubt(other, now));
      held = new Held();
      machine.names.put(name, held);
      changes++;
    }
    held.until = now + HOLD.toNanos();
    held.askAt = now + ASK_AFTER.toNanos();
    held.doubted = false;
    return true;
  }

  private static void doubt(Held other, long now) {
    other.until = now + DOUBT.toNanos();
    other.askAt = now;
    other.doubted = true;
  }

  private void forget(Ip4 source, Name name) {
    Machine machine = machines.get(source);
    if (machine != null && machine.names.remove(name) != null) {
      changes++;
      if (machine.names.isEmpty()) {
        machines.remove(source);
      }
    }
  }

  /// Forgets what was not heard again, and asks.
  ///
  /// @param nodes the addresses on this link whose names we want to know
  public List<MdnsMessage> tick(Collection<Ip4> nodes, long now) {
    expire(now);
    browse(now);
    sweep(nodes, now);
    var out = new ArrayList<MdnsMessage>();
    while (!questions.isEmpty() && out.size() < MESSAGES_PER_TICK) {
      List<MdnsQuestion> next = questions.stream().limit(QUESTIONS_PER_MESSAGE).toList();
      next.forEach(questions::remove);
      out.add(MdnsMessage.query(next, List.of()));
    }
    return out;
  }

  private void expire(long now) {
    Iterator<Machine> all = machines.values().iterator();
    while (all.hasNext()) {
      Machine machine = all.next();
      if (machine.names.values().removeIf(held -> now - held.until >= 0)) {
        changes++;
      }
      machine.names.forEach((name, held) -> {
        if (now - held.askAt >= 0 && questions.size() < MAX_QUESTIONS) {
          ask(name, Type.A);
          held.askAt = now + (held.doubted ? ONE_SECOND : ASK_AGAIN).toNanos();
        }
      });
      if (machine.names.isEmpty()) {
        all.remove();
      }
    }
  }

  /// RFC 6762, section 5.2: again after a second, then ever more rarely.
  private void browse(long now) {
    if (now - browseAt >= 0) {
      BROWSED.forEach(type -> ask(type, Type.PTR));
      browseAt = now + browseGap;
      browseGap = Math.min(2 * browseGap, LONGEST_BROWSE.toNanos());
    }
  }

  /// A node says its name when it boots. Those that did so before we listened are asked.
  private void sweep(Collection<Ip4> nodes, long now) {
    if (now - sweepAt >= 0) {
      nodes.stream()
          .filter(node -> !machines.containsKey(node))
          .forEach(node -> ask(reverseName(node), Type.PTR));
      sweeps++;
      sweepAt = now + (sweeps < 3 ? ONE_SECOND.multipliedBy(sweeps) : ASK_AFTER).toNanos();
    }
  }

  private void ask(Name name, int type) {
    questions.add(new MdnsQuestion(name, type, DClass.IN, false));
  }

  private static Name reverseName(Ip4 address) {
    int bits = address.bits();
    return name(
        "%d.%d.%d.%d.in-addr.arpa."
            .formatted(bits & 255, bits >>> 8 & 255, bits >>> 16 & 255, bits >>> 24));
  }

  private static Ip4 ip(InetAddress address) {
    byte[] b = address.getAddress();
    return new Ip4((b[0] & 255) << 24 | (b[1] & 255) << 16 | (b[2] & 255) << 8 | (b[3] & 255));
  }

  private static Name name(String text) {
    try {
      return Name.fromString(text);
    } catch (TextParseException e) {
      throw new IllegalArgumentException("not a name: " + text, e);
    }
  }
}
