package dev.coldframe.render;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.error.LoaderException;
import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.loader.Loader;
import io.pebbletemplates.pebble.node.ForNode;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A set of templates that may include one another and nothing else. Immutable; any thread. A
/// template is compiled when it is first used, and a broken one harms only itself.
public final class Templates {
  /// What template files end with.
  public static final String SUFFIX = ".tmpl";

  /// Characters of one template.
  public static final int SOURCE_CHARS = 64 * 1024;

  /// No secret is shorter.
  private static final int SECRET_CHARS = 8;

  private final SequencedMap<String, String> sources;
  private final PebbleEngine engine;

  private Templates(SequencedMap<String, String> sources) {
    this.sources = sources;
    this.engine =
        new PebbleEngine.Builder()
            .loader(new Sources(sources))
            .strictVariables(true)
            .newLineTrimming(false)
            .autoEscaping(false)
            .defaultLocale(Locale.ROOT)
            .maxRenderedSize(Limits.OUTPUT_CHARS)
            .registerExtensionCustomizer(Dialect.Restricted::new)
            .extension(new Dialect.Ours())
            // Variables are maps, lists and scalars; a loop's own counters are Pebble's only
            // object.
            .methodAccessValidator((object, _) -> object instanceof ForNode.LoopVariables)
            .build();
  }

  /// Takes templates by name: the path below the templates folder without [#SUFFIX].
  public static Templates of(Map<String, String> sources) {
    return new Templates(new TreeMap<>(sources));
  }

  /// The names, sorted.
  public SequencedSet<String> names() {
    return new TreeSet<>(sources.keySet());
  }

  /// Whether there is a template of that name.
  public boolean has(String name) {
    return sources.containsKey(name);
  }

  /// Renders a template.
  ///
  /// @param name one of [#names]
  /// @param variables maps, lists, text, numbers and booleans
  /// @throws TemplateException when the template is broken, names what is not there, gives a value
  ///   to a target that cannot hold it, or exceeds a limit
  public String render(String name, Map<String, Object> variables) throws TemplateException {
    var scope = new HashMap<>(variables);
    scope.put(Limits.VARIABLE, new Limits());
    return guarded(
        name,
        variables,
        () -> {
          var out = new StringWriter();
          template(name).evaluate(out, scope);
          return out.toString();
        });
  }

  /// What is wrong with the templates as far as compiling shows, one line each.
  public List<String> defects() {
    var out = new ArrayList<String>();
    for (String name : sources.keySet()) {
      try {
        guarded(name, Map.of(), () -> template(name).getName());
      } catch (TemplateException e) {
        out.add(e.getMessage());
      }
    }
    return out;
  }

  private PebbleTemplate template(String name) {
    if (sources.getOrDefault(name, "").length() > SOURCE_CHARS) {
      throw new PebbleException(null, "longer than " + SOURCE_CHARS + " characters", 1, name);
    }
    return engine.getTemplate(name);
  }

  private interface Step {
    String run() throws IOException;
  }

  /// Pebble's exceptions are not kept as causes: their text may hold values.
  private static String guarded(String name, Map<String, Object> variables, Step step)
      throws TemplateException {
    try {
      return step.run();
    } catch (PebbleException e) {
      throw new TemplateException(message(name, variables, e));
    } catch (StackOverflowError _) {
      throw new TemplateException(at(name, 1) + "nested too deeply");
    } catch (RuntimeException e) {
      throw new TemplateException(
          at(name, 1) + "cannot be rendered: " + e.getClass().getSimpleName());
    } catch (IOException e) {
      throw new AssertionError("a string writer does not fail", e);
    }
  }

  private static String message(
      String name, Map<String, Object> variables, PebbleException thrown) {
    PebbleException e = thrown;
    // The innermost place is the one to mend.
    while (e.getCause() instanceof PebbleException inner) {
      e = inner;
    }
    String file = e.getFileName() == null ? name : e.getFileName();
    int line = e.getLineNumber() == null ? 1 : e.getLineNumber();
    return at(file, line) + masked(plain(String.valueOf(e.getPebbleMessage())), variables);
  }

  private static String at(String name, int line) {
    return name + SUFFIX + ":" + line + ": ";
  }

  private static String plain(String what) {
    if (what.startsWith("Not an iterable object")) {
      return "this is not a list";
    }
    return what.replaceFirst(
            " does not exist or can not be accessed and strict .*", " does not exist")
        .replaceFirst("^Root attribute \\[", "variable [")
        .replaceFirst(" of \\[[\\w.$]+\\] does not", " does not");
  }

  /// The message without any value that could be secret: texts of some length. Pebble shows values
  /// where a template takes one for a name.
  private static String masked(String what, @Nullable Object value) {
    return switch (value) {
      case String text when text.length() >= SECRET_CHARS -> what.replace(text, NodeModel.MASK);
      case Map<?, ?> map -> masked(what, List.copyOf(map.values()));
      case List<?> list -> {
        String out = what;
        for (Object one : list) {
          out = masked(out, one);
        }
        yield out;
      }
      case null, default -> what;
    };
  }

  /// The sources as Pebble asks for them. Names are whole: nothing is relative, nothing is outside.
  private record Sources(Map<String, String> byName) implements Loader<String> {
    @Override
    public Reader getReader(String name) {
      String source = byName.get(name);
      if (source == null) {
        throw new LoaderException(null, "there is no template " + name);
      }
      return new StringReader(source);
    }

    @Override
    public String resolveRelativePath(String relativePath, String anchorPath) {
      return relativePath;
    }

    @Override
    public String createCacheKey(String name) {
      return name;
    }

    @Override
    public boolean resourceExists(String name) {
      return byName.containsKey(name);
    }

    @Override
    public void setCharset(String charset) {}

    @Override
    public void setPrefix(String prefix) {}

    @Override
    public void setSuffix(String suffix) {}
  }
}
