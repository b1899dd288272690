package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.store.NodeSecrets;
import dev.coldframe.store.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A backup of a server that runs, restored beside it and over it, by the commands themselves.
@Tag("real")
class BackupRoundTripTest {
  private static final String CONFIG =
      """
      appliance: { address: 192.168.0.2 }
      admin: { listen: 127.0.0.1:0 }
      networks:
        - interface: eth0
          subnet: 192.168.0.0/24
          pool: 192.168.0.200-192.168.0.239
          conflict-probe: off
      profiles: { k8s: { boot: install } }
      nodes:
        geranium: { mac: dc:a6:32:01:36:c2, address: 192.168.0.20, profile: k8s }
      services: [dhcp]
      """;

  private static final String STRANGER = "dc:a6:32:00:00:09";

  @TempDir Path folder;
  private Lab lab;
  private Process server;

  @BeforeEach
  void start() {
    lab = Lab.open(folder);
    server = lab.serve(CONFIG);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private Command.Result run(Path state, String... words) {
    var all = new ArrayList<>(List.of("-c", folder.resolve("coldframe.yaml").toString()));
    all.addAll(List.of("--state", state.toString()));
    all.addAll(List.of(words));
    return lab.onServer(lab.coldframe(all.toArray(String[]::new)));
  }

  private void lease(String mac) {
    lab.newCard(mac);
    lab.onClient("busybox", "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "3", "-s", "/bin/true")
        .text();
  }

  private List<String> told(Path state) {
    var out = new ArrayList<String>();
    for (String[] words :
        List.of(
            new String[] {"--json", "leases"},
            new String[] {"--json", "nodes"},
            new String[] {"export", "nodes"},
            new String[] {"--json", "watch", "--for", "0"})) {
      out.add(run(state, words).text());
    }
    return out;
  }

  private static Secrets secrets(Path state) {
    return NodeSecrets.of(state).secrets("geranium");
  }

  private void end(Process process) throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
  }

  private static List<Path> beside(Path state) throws IOException {
    try (var all = Files.list(state.resolveSibling(""))) {
      return all.filter(path -> path.getFileName().toString().startsWith("state"))
          .sorted()
          .toList();
    }
  }

  @Test
  @Tag("K-15")
  @Tag("K-08")
  void everythingIsTheSameAfterwards() throws Exception {
    Path state = lab.state();
    lease(STRANGER);
    run(state, "adopt", STRANGER, "--name", "lily").text();
    lease("dc:a6:32:00:00:0a");
    Secrets keys = secrets(state);
    Path backup = folder.resolve("b.tar.zst");

    assertThat(run(state, "backup", "-o", backup.toString()).text()).startsWith("saved ");
    assertThat(run(state, "backup", "-o", backup.toString()).exit()).isEqualTo(1);
    List<String> before = told(state);
    assertThat(before.getFirst()).contains("192.168.0.200");
    assertThat(before.get(2)).contains("lily: { ", STRANGER);

    Path other = folder.resolve("elsewhere");
    assertThat(run(other, "restore", backup.toString()).text()).startsWith("restored ");
    assertThat(told(other)).isEqualTo(before);
    assertThat(secrets(other).hostKeys()).isEqualTo(keys.hostKeys());

    Command.Result busy = run(state, "restore", "--force", backup.toString());
    assertThat(busy.exit()).isEqualTo(3);
    assertThat(busy.out()).contains("in use by another coldframe process").hasLineCount(1);

    end(server);
    assertThat(run(state, "restore", backup.toString()).exit()).as("not empty").isEqualTo(1);
    assertThat(run(state, "restore", "--force", backup.toString()).text())
        .contains("what was there is in " + state + ".before-");
    assertThat(beside(state)).hasSize(2);
    assertThat(told(state)).isEqualTo(before);
    assertThat(secrets(state).hostKeys()).isEqualTo(keys.hostKeys());

    lab.serve(CONFIG);
    assertThat(run(state, "forget", "lily", "--yes").text()).isNotEmpty();
  }

  @Test
  void aDamagedBackupChangesNothing() throws Exception {
    Path state = lab.state();
    Path backup = folder.resolve("b.tar.zst");
    run(state, "backup", "-o", backup.toString()).text();
    end(server);
    List<String> before = told(state);
    byte[] whole = Files.readAllBytes(backup);
    Path cut = folder.resolve("cut");
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
    Path flipped = folder.resolve("flipped");
    whole[whole.length / 2] ^= 1;
    Files.write(flipped, whole);
    Path text = Files.writeString(folder.resolve("text"), "no backup");
    for (Path bad : List.of(cut, flipped, text)) {
      Command.Result refused = run(state, "restore", "--force", bad.toString());
      assertThat(refused.exit()).as(refused.out()).isEqualTo(1);
      assertThat(refused.out()).contains(bad + " was not restored: it is").hasLineCount(1);
    }
    assertThat(beside(state)).containsExactly(state);
    assertThat(told(state)).isEqualTo(before);
    Files.move(backup, folder.resolve("c"), StandardCopyOption.REPLACE_EXISTING);
    assertThat(run(state, "restore", backup.toString(), "--force").exit()).isEqualTo(3);
  }
}
