package dev.coldframe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandTest {
  private static final String DNSMASQ =
      """
      interface=eth1
      dhcp-range=192.168.7.100,192.168.7.150,255.255.255.0,2h
      dhcp-host=dc:a6:32:01:36:c2,192.168.7.20,geranium
      enable-ra
      """;

  @TempDir Path folder;

  private static Commands.Ran run(String... words) {
    var all = new ArrayList<>(List.of("import", "dnsmasq"));
    all.addAll(List.of(words));
    return Commands.run(all.toArray(String[]::new));
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("dnsmasq.conf"), text);
  }

  @Test
  void printsAConfigFileAndNamesWhatItLeavesOut() throws IOException {
    Path file = file(DNSMASQ);
    Commands.Ran ran = run(file.toString());
    assertThat(ran.exit()).isEqualTo(ExitCode.DONE);
    assertThat(ran.out()).contains("geranium:", "192.168.7.20");
    assertThat(ran.err()).contains(file + ":4: not carried over: enable-ra");
  }

  @Test
  void writesOverNothingUnlessItIsToldTo() throws IOException {
    String file = file(DNSMASQ).toString();
    Path target = Files.writeString(folder.resolve("coldframe.yaml"), "mine\n");
    assertThat(run(file, "-o", target.toString()).exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(target).hasContent("mine\n");
    assertThat(run(file, "-o", target.toString(), "--force").exit()).isEqualTo(ExitCode.DONE);
    assertThat(target).content().contains("geranium:");
  }

  @Test
  void aFileThatItCannotUseIsAUsageError() throws IOException {
    Path target = folder.resolve("coldframe.yaml");
    String bad = file("dhcp-range=192.168.7.x,static\n").toString();
    Commands.Ran ran = run(bad, "-o", target.toString());
    assertThat(ran.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(ran.err()).contains(bad + ":1: dhcp-range: ");
    ran = run(folder.resolve("none").toString());
    assertThat(ran.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(ran.err()).contains("is no file that can be read");
    assertThat(target).doesNotExist();
  }
}
