package dev.coldframe.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Annotation;
import java.lang.classfile.AnnotationValue;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// Writes the conformance page: each row of `docs/conformance-rows.tsv` with the tests that carry
/// its id in a `@Tag`, and what became of them. Reads the compiled tests for the tags and the
/// reports of the test run for the results, because the reports hold no tags. Run by
/// `scripts/conformance` from the folder of this module.
public final class Conformance {
  private static final Path ROWS = Path.of("docs/conformance-rows.tsv");
  private static final Path PAGE = Path.of("docs/conformance.md");
  private static final Path CLASSES = Path.of("target/test-classes");
  private static final Path SOURCES = Path.of("src/test/java");
  private static final Path REPORTS = Path.of("target/surefire-reports");
  private static final String TAG = "Lorg/junit/jupiter/api/Tag;";
  private static final String TAGS = "Lorg/junit/jupiter/api/Tags;";
  private static final Pattern ID = Pattern.compile("[A-Z]-\\d{2}");

  private Conformance() {}

  /// What became of a test, or of all tests of a row; the worst counts.
  enum Result {
    PASS,
    /// Put off on purpose.
    LATER,
    /// There is no test, or one did not run.
    OPEN,
    FAIL;

    Result and(Result other) {
      return compareTo(other) >= 0 ? this : other;
    }

    String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /// A method of a test class.
  ///
  /// @param type the name of the class, `dev.coldframe.net.ByteRangeTest`
  record TestMethod(String type, String method) implements Comparable<TestMethod> {
    @Override
    public int compareTo(TestMethod other) {
      int byType = type.compareTo(other.type);
      return byType != 0 ? byType : method.compareTo(other.method);
    }

    String shown() {
      return type.substring(type.lastIndexOf('.') + 1) + "#" + method;
    }
  }

  /// Exit code 1 when a test of any row failed; open rows are no failure.
  public static void main(String[] args) throws IOException {
    SortedMap<String, SortedSet<TestMethod>> tagged = tagged();
    Map<TestMethod, Result> results = results();
    var page = new Page();
    for (String line : Files.readAllLines(ROWS)) {
      if (line.startsWith("# ")) {
        page.section(line.substring(2));
      } else {
        String[] row = line.split("\t", 3);
        SortedSet<TestMethod> tests = tagged.getOrDefault(row[0], new TreeSet<>());
        tagged.remove(row[0]);
        page.row(row, tests, results);
      }
    }
    tagged.forEach(
        (id, tests) -> System.err.println("no row " + id + ", but tests carry it: " + tests));
    Files.writeString(PAGE, page.text());
    System.out.println("conformance: " + page.summary());
    page.failed.forEach(row -> System.err.println("conformance: failed: " + row));
    System.exit(page.failed.isEmpty() ? 0 : 1);
  }

  /// The page while it is written.
  private static final class Page {
    private final StringBuilder body = new StringBuilder();
    private final SequencedMap<Result, Integer> counts = new LinkedHashMap<>();
    private final List<String> failed = new ArrayList<>();

    void section(String title) {
      body.append("\n## ").append(title).append("\n\n");
      body.append("| id | behaviour | test | result |\n|---|---|---|---|\n");
    }

    void row(String[] row, SortedSet<TestMethod> tests, Map<TestMethod, Result> results) {
      Result result =
          tests.stream()
              .map(t -> results.getOrDefault(t, Result.OPEN))
              .reduce(Result::and)
              .orElse(row.length > 2 ? Result.LATER : Result.OPEN);
      counts.merge(result, 1, Integer::sum);
      if (result == Result.FAIL) {
        failed.add(row[0]);
      }
      var shown = new ArrayList<String>();
      for (TestMethod test : tests) {
        Result its = results.getOrDefault(test, Result.OPEN);
        shown.add("`" + test.shown() + "`" + (its == Result.PASS ? "" : " (" + its.label() + ")"));
      }
      String why = result == Result.LATER ? ": " + row[2] : "";
      body.append("| ").append(row[0]).append(" | ").append(row[1]).append(" | ");
      body.append(String.join("<br>", shown)).append(" | ");
      body.append(result.label()).append(why).append(" |\n");
    }

    String summary() {
      var parts = new ArrayList<String>();
      for (Result result : Result.values()) {
        parts.add(counts.getOrDefault(result, 0) + " " + result.label());
      }
      return String.join(", ", parts);
    }

    String text() {
      return """
      # Conformance

      Written by `scripts/conformance` from the test reports; do not edit. Rows: [conformance-rows.tsv](conformance-rows.tsv).
      A row passes when all tests that carry its id in a `@Tag` have run and passed; it says no more than those tests
      do. `open`: no test, or one that did not run. `later`: put off on purpose.

      **\
      """
          + summary()
          + "**\n"
          + body;
    }
  }

  /// The tests of each row, by the annotations in the compiled classes.
  private static SortedMap<String, SortedSet<TestMethod>> tagged() throws IOException {
    var out = new TreeMap<String, SortedSet<TestMethod>>();
    for (Path file : files(CLASSES, ".class")) {
      ClassModel type = ClassFile.of().parse(file);
      String name = type.thisClass().asInternalName();
      // A class that is left over from a source that is gone says nothing.
      if (!Files.exists(SOURCES.resolve(name.replaceFirst("\\$.*", "") + ".java"))) {
        continue;
      }
      List<String> ofAll = tags(type);
      for (MethodModel method : type.methods()) {
        boolean test = annotations(method).stream().anyMatch(Conformance::runs);
        var ids = new TreeSet<>(test ? ofAll : List.of());
        ids.addAll(tags(method));
        var its = new TestMethod(name.replace('/', '.'), method.methodName().stringValue());
        ids.stream()
            .filter(id -> ID.matcher(id).matches())
            .forEach(id -> out.computeIfAbsent(id, _ -> new TreeSet<>()).add(its));
      }
    }
    return out;
  }

  private static boolean runs(Annotation annotation) {
    String type = annotation.className().stringValue();
    return type.startsWith("Lorg/junit/jupiter/")
        && (type.endsWith("Test;") || type.endsWith("/TestFactory;"));
  }

  private static List<Annotation> annotations(AttributedElement element) {
    return element
        .findAttribute(Attributes.runtimeVisibleAnnotations())
        .map(attribute -> attribute.annotations())
        .orElse(List.of());
  }

  private static List<String> tags(AttributedElement element) {
    var out = new ArrayList<String>();
    annotations(element).forEach(annotation -> addTags(annotation, out));
    return out;
  }

  /// One `@Tag`, or several, which the compiler wraps into `@Tags`.
  private static void addTags(Annotation annotation, List<String> out) {
    String type = annotation.className().stringValue();
    if (!type.equals(TAG) && !type.equals(TAGS)) {
      return;
    }
    annotation
        .elements()
        .forEach(element -> {
          switch (element.value()) {
            case AnnotationValue.OfString text -> out.add(text.stringValue());
            case AnnotationValue.OfArray several ->
                several
                    .values()
                    .forEach(one -> {
                      if (one instanceof AnnotationValue.OfAnnotation inner) {
                        addTags(inner.annotation(), out);
                      }
                    });
            default -> throw new IllegalStateException("a tag that is no text");
          }
        });
  }

  /// What became of each test method; of a parameterised one, the worst of its invocations.
  private static Map<TestMethod, Result> results() throws IOException {
    var out = new HashMap<TestMethod, Result>();
    for (Path file : files(REPORTS, ".xml")) {
      try (InputStream in = Files.newInputStream(file)) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        read(factory.createXMLStreamReader(in), out);
      } catch (XMLStreamException e) {
        throw new IOException(file + " is no test report", e);
      }
    }
    return out;
  }

  static void read(XMLStreamReader xml, Map<TestMethod, Result> out) throws XMLStreamException {
    TestMethod test = new TestMethod("", "");
    Result result = Result.PASS;
    while (xml.hasNext()) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          switch (xml.getLocalName()) {
            case "testcase" -> {
              // `accepts(String)[3]` is an invocation of `accepts`.
              String method = xml.getAttributeValue(null, "name").replaceFirst("[({\\[].*", "");
              test = new TestMethod(xml.getAttributeValue(null, "classname"), method);
              result = Result.PASS;
            }
            case "failure", "error" -> result = Result.FAIL;
            case "skipped" -> result = result.and(Result.OPEN);
            default -> {}
          }
        }
        case XMLStreamConstants.END_ELEMENT -> {
          if (xml.getLocalName().equals("testcase")) {
            out.merge(test, result, Result::and);
          }
        }
        default -> {}
      }
    }
  }

  private static List<Path> files(Path folder, String suffix) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> path.toString().endsWith(suffix)).sorted().toList();
    }
  }
}
