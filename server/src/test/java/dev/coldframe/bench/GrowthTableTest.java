package dev.coldframe.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class GrowthTableTest {
  private static String table(String json) {
    return GrowthTable.markdown(GrowthTable.read(JsonMapper.shared().readTree(json)));
  }

  private static String result(String name, String params, String score, String error) {
    return """
    {"benchmark":"dev.coldframe.bench.%s"%s,"primaryMetric":{"score":%s,"scoreError":%s}}\
    """
        .formatted(name, params, score, error);
  }

  private static String among(int nodes) {
    return ",\"params\":{\"nodes\":\"" + nodes + "\"}";
  }

  @Test
  void costsAreComparedWithThoseAmongTenNodes() {
    String json =
        "["
            + String.join(
                ",",
                result("Codec.decode", "", "400.4", "12.6"),
                result("Decision.offer", among(10), "2000", "100"),
                result("Decision.offer", among(1_000), "2201", "\"NaN\""),
                result("Decision.offer", among(10_000), "2100", "90"),
                result("Decision.offer", among(50_000), "5000", "1"),
                result("Decision.answer", among(10), "1000", "1"),
                result("Decision.answer", among(10_000), "900", "1"))
            + "]";
    assertThat(table(json))
        .isEqualTo(
            """
            | benchmark | nodes | ns/op | ± | to 10 nodes |
            |---|---:|---:|---:|---:|
            | decode |  | 400 | 13 |  |
            | offer | 10 | 2,000 | 100 | 1.00 |
            | offer | 1,000 | 2,201 |  | 1.10 |
            | offer | 10,000 | 2,100 | 90 | 1.05 |
            | offer | 50,000 | 5,000 | 1 | 2.50 |
            | answer | 10 | 1,000 | 1 | 1.00 |
            | answer | 10,000 | 900 | 1 | 0.90 |

            - offer: flat within 11 % up to 10,000 nodes
            - answer: flat within 0 % up to 10,000 nodes
            - all of them: flat within 11 % up to 10,000 nodes
            """);
  }

  @Test
  void withoutTenNodesNothingIsCompared() {
    assertThat(table("[" + result("Decision.offer", among(1_000), "2000", "1") + "]"))
        .endsWith("| offer | 1,000 | 2,000 | 1 |  |\n");
  }
}
