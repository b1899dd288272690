package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.StormFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// `rehearse --storm --against` from one machine loads a server on another.
@Tag("real")
class StormAgainstTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir Path folder;
  private Lab lab;

  @BeforeEach
  void start() throws IOException {
    lab = Lab.open(folder);
    lab.clientAddress("192.168.0.3");
    lab.serve(
        """
        site: rack
        appliance: { address: 192.168.0.2 }
        tftp-root: "%s"
        networks:
          - { interface: eth0, subnet: 192.168.0.0/24, relays: [192.168.0.3],
              pool: 192.168.0.100-192.168.0.200 }
        profiles: { rack: { boot: files } }
        guests: rack
        nodes:
          one: { mac: "dc:a6:32:f0:00:01", address: 192.168.0.21, profile: rack }
          two: { mac: "dc:a6:32:f0:00:02", address: 192.168.0.22, profile: rack }
          three: { mac: "dc:a6:32:f0:00:03", address: 192.168.0.23, profile: rack }
        """
            .formatted(StormFiles.write(folder.resolve("files"), true)));
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private Command.Result storm(String... more) {
    var words = new ArrayList<>(List.of("rehearse", "--json"));
    words.addAll(List.of(more));
    String[] all = lab.coldframe(words.toArray(String[]::new));
    return Command.run(LIMIT, Command.inside(lab.clientNamespace(), all));
  }

  @Test
  void threePisLoadFromACompleteServerElsewhere() {
    String out = storm("--storm", "3", "--against", "192.168.0.2").text();
    var result = JsonMapper.shared().readTree(out.substring(out.indexOf('{')));
    assertThat(result.get("well").asInt()).as(out).isEqualTo(3);
    assertThat(result.get("bytes").asLong()).isGreaterThan(3 * 6_000_000L);
    assertThat(
            Command.run(
                    LIMIT,
                    List.of(
                        lab.coldframe(
                            "leases",
                            "--json",
                            "-c",
                            folder.resolve("coldframe.yaml").toString(),
                            "--state",
                            lab.state().toString())))
                .text())
        .contains("192.168.0.21", "192.168.0.22", "192.168.0.23");
  }

  @Test
  void aTakenPortAndAMissingRightAreSaidClearly() {
    Process taken =
        lab.startOnClient(
            folder.resolve("taken.log"),
            lab.coldframe("rehearse", "--storm", "1", "--against", "192.168.0.77"));
    assertThat(taken.isAlive()).isTrue();
    Lab.await(folder.resolve("taken.log"), "0 of 1 boards", taken);
    Command.Result second = storm("--storm", "1", "--against", "192.168.0.2");
    assertThat(second.exit()).isEqualTo(3);
    assertThat(second.out()).contains("needs UDP port 67 of this host", "in use");
    taken.destroy();
    Command.Result nobody =
        Command.run(
            LIMIT,
            Command.inside(
                lab.clientNamespace(),
                Stream.concat(
                        Stream.of("setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all"),
                        Stream.of(
                            lab.coldframe("rehearse", "--storm", "1", "--against", "192.168.0.2")))
                    .toArray(String[]::new)));
    assertThat(nobody.exit()).as(nobody.out()).isEqualTo(3);
    assertThat(nobody.out()).contains("Permission denied", "run it as root");
  }
}
