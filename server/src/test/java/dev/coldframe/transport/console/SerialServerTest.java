package dev.coldframe.transport.console;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coldframe.decide.SerialTries.Trouble;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.SerialConsole;
import dev.coldframe.node.World;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.ConsoleEntry;
import dev.coldframe.store.ConsoleLogs;
import dev.coldframe.store.ConsoleRecorder;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import dev.coldframe.transport.Counters;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Serial consoles over ports that the test plugs in and pulls out.
@Timeout(60)
class SerialServerTest {
  private static final String DEVICE = "/dev/ttyUSB0";

  @TempDir Path state;
  private final Counters counters = new Counters();
  private final List<JournalEvent> journal = new CopyOnWriteArrayList<>();
  private final Plugs plugs = new Plugs();
  private volatile World world;
  private Chronicle chronicle;
  private ConsoleRecorder recorder;
  private SerialServer server;

  /// An adapter; what it carries is put into it.
  private static final class Adapter implements SerialPorts.Input {
    private static final byte[] END = new byte[0];
    private final LinkedBlockingQueue<byte[]> bytes = new LinkedBlockingQueue<>();
    private volatile boolean open;

    void say(String text) {
      bytes.add(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int read(byte[] into) {
      try {
        byte[] some = bytes.poll(50, TimeUnit.MILLISECONDS);
        if (some == null) {
          return 0;
        }
        System.arraycopy(some, 0, into, 0, some.length);
        return some.length == 0 ? -1 : some.length;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      open = false;
    }
  }

  private static final class Plugs implements SerialPorts {
    private final Map<String, Adapter> in = new ConcurrentHashMap<>();
    private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();
    private final Map<String, Integer> speeds = new ConcurrentHashMap<>();

    Adapter plug(String device) {
      var adapter = new Adapter();
      in.put(device, adapter);
      return adapter;
    }

    void pull(String device) {
      Adapter adapter = in.remove(device);
      if (adapter != null) {
        adapter.bytes.add(Adapter.END);
      }
    }

    @Override
    public boolean exists(String device) {
      return in.containsKey(device);
    }

    @Override
    public Opened open(String device, int speed) {
      Adapter adapter = in.get(device);
      if (adapter == null) {
        return new Opened.Refused(Trouble.MISSING);
      }
      Trouble trouble = troubles.get(device);
      if (trouble != null) {
        return new Opened.Refused(trouble);
      }
      adapter.open = true;
      speeds.put(device, speed);
      return new Opened.Ready(adapter);
    }
  }

  @BeforeEach
  void start() {
    chronicle = new Chronicle(state);
    chronicle.listen(journal::add);
    recorder = new ConsoleRecorder(new ConsoleLogs(state));
    world = with();
    var scribe = new Scribe(recorder, chronicle, counters, () -> T0);
    server = new SerialServer(plugs, new ConsoleService(() -> world, scribe, counters));
  }

  @AfterEach
  void stop() {
    server.close();
    recorder.close();
    chronicle.close();
  }

  private static World with(SerialConsole... consoles) {
    return Sites.world(Records.with(Sites.site(), "consoles", List.of(consoles)));
  }

  private void geraniumIsAtTheDevice() {
    world = with(new SerialConsole("geranium", DEVICE, 115_200));
  }

  private List<String> logged(String node, int count) {
    return await()
        .until(() -> new ConsoleLogs(state).lines(node, 0, 9_999), all -> all.size() >= count)
        .stream()
        .map(ConsoleEntry::text)
        .toList();
  }

  private void counted(String reason) {
    await().until(() -> counters.snapshot().getOrDefault("serial: " + reason, 0L) > 0);
  }

  private List<String> events() {
    return journal.stream()
        .map(event -> event.type().label() + " " + String.join(" ", event.fields().values()))
        .toList();
  }

  @Test
  void linesAreTakenDownAndWhatALoaderMeansIsJournalled() {
    Adapter adapter = plugs.plug(DEVICE);
    geraniumIsAtTheDevice();
    adapter.say("Boot mode: NETW");
    adapter.say("ORK (02) order f\r\ngeranium login: ");
    assertThat(logged("geranium", 2))
        .containsExactly("Boot mode: NETWORK (02) order f", "geranium login: ");
    assertThat(plugs.speeds).containsEntry(DEVICE, 115_200);
    assertThat(journal)
        .extracting(JournalEvent::type)
        .containsExactly(EventType.CONSOLE_CONNECTED, EventType.LOADER_SAID);
  }

  @Test
  void aMissingDeviceIsCountedAndReadWhenItComes() {
    geraniumIsAtTheDevice();
    counted("no such device");
    plugs.plug(DEVICE).say("here\n");
    logged("geranium", 1);
    assertThat(events())
        .containsExactly(
            "console-lost /dev/ttyUSB0 no such device", "console-connected /dev/ttyUSB0 115200");
  }

  @Test
  void oneThatIsPulledOutAndPluggedInAgainIsOneEventEach() {
    plugs.plug(DEVICE).say("before\npart");
    geraniumIsAtTheDevice();
    logged("geranium", 1);
    plugs.pull(DEVICE);
    counted("unplugged, or hung up");
    counted("no such device");
    plugs.plug(DEVICE).say("after\n");
    assertThat(logged("geranium", 3)).containsExactly("before", "part", "after");
    assertThat(events())
        .containsExactly(
            "console-connected /dev/ttyUSB0 115200",
            "console-lost /dev/ttyUSB0 unplugged, or hung up",
            "console-connected /dev/ttyUSB0 115200");
  }

  @Test
  void whatIsInTheWayIsSaid() {
    plugs.troubles.put(DEVICE, Trouble.FORBIDDEN);
    plugs.plug(DEVICE);
    geraniumIsAtTheDevice();
    counted("no permission to open the device");
    await().until(() -> events().toString().contains("no permission to open the device"));
    plugs.troubles.clear();
    await().until(() -> events().toString().contains("console-connected"));
  }

  @Test
  void aReloadClosesAndOpensPorts() {
    Adapter first = plugs.plug(DEVICE);
    geraniumIsAtTheDevice();
    await().until(() -> first.open);
    Adapter second = plugs.plug("/dev/ttyUSB1");
    world = with(new SerialConsole("dahlia", "/dev/ttyUSB1", 9_600));
    await().until(() -> !first.open && second.open);
    second.say("hello\n");
    assertThat(logged("dahlia", 1)).containsExactly("hello");
    assertThat(plugs.speeds).containsEntry("/dev/ttyUSB1", 9_600);
    assertThat(events()).noneMatch(event -> event.startsWith("console-lost /dev/ttyUSB0"));
  }

  @Test
  void whatANodeThatIsNotThereSaysIsCounted() {
    world = with(new SerialConsole("stranger", "/dev/ttyUSB1", 115_200));
    plugs.plug("/dev/ttyUSB1").say("hello\n");
    counted("no node of that name");
    assertThat(new ConsoleLogs(state).nodes()).isEmpty();
    assertThat(events()).noneMatch(event -> event.contains("/dev/ttyUSB1"));
  }

  @Test
  void aFloodIsCutOff() {
    Adapter adapter = plugs.plug(DEVICE);
    geraniumIsAtTheDevice();
    String lines = "x\n".repeat(1_000);
    for (int i = 0; i < 7; i++) {
      adapter.say(lines);
    }
    counted("over the limit of its source");
    assertThat(logged("geranium", 5_000)).hasSize(5_000);
  }

  @Test
  void closingLetsThePortGo() {
    Adapter adapter = plugs.plug(DEVICE);
    geraniumIsAtTheDevice();
    await().until(() -> adapter.open);
    adapter.say("last words");
    await().until(() -> adapter.bytes.isEmpty());
    server.close();
    assertThat(adapter.open).isFalse();
    assertThat(logged("geranium", 1)).isEqualTo(Arrays.asList("last words"));
  }
}
