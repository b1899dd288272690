package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.boot.Viewer;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Sites;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpBootDecisionsTest {
  private final World world = Sites.world();

  private HttpBootOutcome ask(String method, String target, String from) {
    return HttpBootDecisions.decide(
        new HttpBootDecisions.Request(method, target),
        Caller.at(Ip4.parse(from), world, _ -> Caller.Standing.USUAL),
        world);
  }

  private static String shape(HttpBootOutcome outcome) {
    return switch (outcome) {
      case HttpBootOutcome.ServeFile(Viewer.OfNode(var node), var paths) ->
          "file " + node.name() + " " + String.join(" | ", paths);
      case HttpBootOutcome.ServeFile(Viewer.Guest _, var paths) ->
          "guest file " + String.join(" | ", paths);
      case HttpBootOutcome.ServeFile(Viewer.Beyond _, var paths) ->
          "elsewhere " + String.join(" | ", paths);
      case HttpBootOutcome.Hello(var node) -> "hello " + node.name();
      case HttpBootOutcome.Seed(String token, String name) -> "seed " + token + " " + name;
      case HttpBootOutcome.Install(String token, var part) -> "install " + token + " " + part;
      case HttpBootOutcome.Health(String key) -> "health " + key;
      case HttpBootOutcome.Report(String token) -> "report " + token;
      case HttpBootOutcome.Image(String sha256, String pass) ->
          "image " + sha256.length() + " " + pass;
      case HttpBootOutcome.Refuse(int status, String _) -> Integer.toString(status);
      case HttpBootOutcome.Ignore _ -> "ignore";
    };
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          GET,  /config.txt,                             192.168.0.20, file geranium config.txt
          HEAD, /a2ef5644/start4.elf,                    192.168.0.20, file geranium a2ef5644/start4.elf | start4.elf
          GET,  /dc-a6-32-01-36-c2/start4.elf,           192.168.0.20, 404
          POST, /-/health/cafe,                          192.168.0.20, health cafe
          GET,  /-/health/cafe,                          192.168.0.20, 405
          GET,  /-/image/abababababababababababababababababababababababababababababababab/cafe, 192.168.0.250, image 64 cafe
          POST, /-/image/abababababababababababababababababababababababababababababababab/cafe, 192.168.0.250, 405
          GET,  /-/image/abababababababababababababababababababababababababababababababab/cafe, 192.168.0.20, 403
          GET,  /-/image/abababababababababababababababababababababababababababababababab/cafe, 10.9.9.9, ignore
          GET,  /-/image/abababababababababababababababababababababababababababababababab, 192.168.0.250, 404
          GET,  /-/image/cafe/cafe,                      192.168.0.250, 404
          POST, /-/health/cafe/more,                     192.168.0.20, 404
          POST, /-/install/cafe/disks,                   192.168.0.20, install cafe Disks[]
          POST, /-/install/cafe/sectors,                 192.168.0.20, install cafe Sectors[]
          GET,  /-/install/cafe/plan,                    192.168.0.20, install cafe Plan[]
          GET,  /-/install/cafe/chunk/17,                192.168.0.20, install cafe Chunk[number=17]
          GET,  /-/install/cafe/root,                    192.168.0.20, install cafe Root[]
          GET,  /-/install/cafe/head,                    192.168.0.20, install cafe Head[]
          POST, /-/install/cafe/head,                    192.168.0.20, 405
          GET,  /-/install/cafe/disks,                   192.168.0.20, 405
          GET,  /-/install/cafe/chunk/-1,                192.168.0.20, 404
          GET,  /-/install/cafe/chunk/12345678,          192.168.0.20, 404
          GET,  /-/install/cafe/run/17/8,                192.168.0.20, 'install cafe Run[first=17, count=8]'
          GET,  /-/install/cafe/run/17,                  192.168.0.20, 404
          GET,  /-/install/cafe/run/17/-8,               192.168.0.20, 404
          GET,  /-/install/cafe/run/17/123,              192.168.0.20, 404
          GET,  /-/install/cafe/,                        192.168.0.20, 404
          GET,  /-/install/cafe,                         192.168.0.20, 404
          GET,  //overlays//x.dtbo,                      192.168.0.20, file geranium overlays/x.dtbo
          GET,  /overlays/../x,                          192.168.0.20, 404
          GET,  /-/boot/geranium/cmdline.txt,            192.168.0.20, file geranium cmdline.txt
          GET,  /-/boot/a2ef5644/cmdline.txt,            192.168.0.20, file geranium cmdline.txt
          GET,  /-/boot/10000000a2ef5644/overlays/x,     192.168.0.20, file geranium overlays/x
          GET,  /-/boot/dc-a6-32-01-36-c2/x,             192.168.0.21, file dahlia x
          GET,  /-/boot/dahlia/cmdline.txt,              192.168.0.20, 404
          GET,  /-/boot/geranium,                        192.168.0.20, 404
          GET,  /-/boot/geranium/x,                      192.168.0.99, 404
          GET,  /config.txt,                             192.168.0.99, 404
          GET,  /config.txt,                             10.9.9.9,     ignore
          POST, /-/hello,                                192.168.0.20, hello geranium
          GET,  /-/hello,                                192.168.0.20, 405
          POST, /-/hello,                                192.168.0.99, 403
          GET,  /-/seed/abc/user-data,                   192.168.0.20, seed abc user-data
          POST, /-/seed/abc/user-data,                   192.168.0.20, 405
          GET,  /-/seed/abc/shadow,                      192.168.0.20, 404
          GET,  /-/seed/abc,                             192.168.0.20, 404
          POST, /-/report/abc,                           192.168.0.20, report abc
          GET,  /-/report/abc,                           192.168.0.20, 405
          POST, /-/report/abc/more,                      192.168.0.20, 404
          GET,  /-/nodes,                                192.168.0.20, 404
          PUT,  /config.txt,                             192.168.0.20, 405
          """)
  void routesByCallerAndPath(String method, String target, String from, String expected) {
    assertThat(shape(ask(method, target, from))).isEqualTo(expected);
  }

  @ParameterizedTest
  @Tag("H-01")
  @ValueSource(
      strings = {
        "http://192.168.0.2/config.txt",
        "*",
        "/%2e%2e/etc/passwd",
        "/config.txt?x=1",
        "/a%00b",
        ""
      })
  void aTargetThatIsNoPlainPathIsNotFound(String target) {
    assertThat(shape(ask("GET", target, "192.168.0.20"))).isEqualTo("404");
  }

  @Test
  void aStrangerSeesTheGuestsProfileWhereThereIsOne() {
    assertThat(
            Caller.at(Ip4.parse("192.168.0.99"), world, _ -> Caller.Standing.USUAL).viewer(world))
        .isEmpty();
  }
}
