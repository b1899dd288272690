package dev.coldframe.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.Conformance.Result;
import dev.coldframe.testkit.Conformance.TestMethod;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;

class ConformanceTest {
  private static Map<TestMethod, Result> read(String... cases) throws XMLStreamException {
    var out = new HashMap<TestMethod, Result>();
    String xml = "<testsuite>" + String.join("", cases) + "</testsuite>";
    Conformance.read(
        XMLInputFactory.newDefaultFactory().createXMLStreamReader(new StringReader(xml)), out);
    return out;
  }

  private static String test(String name, String inside) {
    return "<testcase classname='a.BTest' name='%s'>%s</testcase>".formatted(name, inside);
  }

  private static Result only(Map<TestMethod, Result> results) {
    assertThat(results).containsOnlyKeys(new TestMethod("a.BTest", "works"));
    return results.values().iterator().next();
  }

  @Test
  void aParameterisedTestPassesOnlyIfAllInvocationsPass() throws XMLStreamException {
    assertThat(only(read(test("works(int)[1]", ""), test("works(int)[2]", ""))))
        .isEqualTo(Result.PASS);
    assertThat(only(read(test("works(int)[1]", "<failure/>"), test("works(int)[2]", ""))))
        .isEqualTo(Result.FAIL);
    assertThat(only(read(test("works{Exchange}[1]", ""), test("works{Exchange}[2]", "<error/>"))))
        .isEqualTo(Result.FAIL);
  }

  @Test
  void aSkippedTestIsOpen() throws XMLStreamException {
    assertThat(only(read(test("works", "<skipped/>")))).isEqualTo(Result.OPEN);
    assertThat(only(read(test("works()[1]", ""), test("works()[2]", "<skipped/>"))))
        .isEqualTo(Result.OPEN);
  }

  @Test
  void outputOfATestIsNoResult() throws XMLStreamException {
    assertThat(only(read(test("works", "<system-out>failure</system-out>"))))
        .isEqualTo(Result.PASS);
  }
}
