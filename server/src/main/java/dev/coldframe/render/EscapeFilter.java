package dev.coldframe.render;

import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.template.EvaluationContext;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// An escaper as templates call it: `{{ value | sh }}`.
///
/// @param writer the escaper
record EscapeFilter(Writer writer) implements Filter {
  interface Writer {
    String write(Object value) throws Escape.Refused;
  }

  /// All of them by name. `word` is `cmdline` under a name that fits other files.
  static Map<String, Filter> all() {
    var out = new TreeMap<String, Filter>();
    out.put("sh", new EscapeFilter(v -> Escape.sh(Escape.text(v))));
    out.put("yaml", new EscapeFilter(Escape::yamlValue));
    out.put("json", new EscapeFilter(Escape::json));
    out.put("toml", new EscapeFilter(Escape::tomlValue));
    out.put("ini", new EscapeFilter(v -> Escape.ini(Escape.text(v))));
    out.put("cmdline", new EscapeFilter(v -> Escape.word(Escape.text(v))));
    out.put("word", new EscapeFilter(v -> Escape.word(Escape.text(v))));
    out.put("grub", new EscapeFilter(v -> Escape.grub(Escape.text(v))));
    out.put("ipxe", new EscapeFilter(v -> Escape.ipxe(Escape.text(v))));
    out.put("configtxt", new EscapeFilter(v -> Escape.configTxt(Escape.text(v))));
    out.put("field", new EscapeFilter(v -> Escape.field(Escape.text(v))));
    out.put("b64encode", new EscapeFilter(v -> Escape.base64(Escape.text(v))));
    return out;
  }

  @Override
  public Object apply(
      @Nullable Object input,
      Map<String, Object> args,
      PebbleTemplate self,
      EvaluationContext context,
      int lineNumber) {
    try {
      if (input == null) {
        throw new Escape.Refused("there is no value to write");
      }
      return writer.write(input);
    } catch (Escape.Refused e) {
      throw new PebbleException(null, String.valueOf(e.getMessage()), lineNumber, self.getName());
    }
  }

  @Override
  public List<String> getArgumentNames() {
    return List.of();
  }
}
