package dev.coldframe.render;

import io.pebbletemplates.pebble.extension.AbstractExtension;
import io.pebbletemplates.pebble.extension.Extension;
import io.pebbletemplates.pebble.extension.ExtensionCustomizer;
import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.extension.Function;
import io.pebbletemplates.pebble.operator.BinaryOperator;
import io.pebbletemplates.pebble.tokenParser.FilterTokenParser;
import io.pebbletemplates.pebble.tokenParser.IfTokenParser;
import io.pebbletemplates.pebble.tokenParser.TokenParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The part of Pebble that templates may use: what can neither run away, nor reach beyond the
/// variables, nor depend on the clock or the machine's locale.
final class Dialect {
  private static final Set<String> FILTERS =
      Set.of(
          "abbreviate",
          "abs",
          "capitalize",
          "default",
          "first",
          "join",
          "last",
          "length",
          "lower",
          "merge",
          "reverse",
          "rsort",
          "slice",
          "sort",
          "title",
          "trim",
          "upper",
          "urlencode");

  private Dialect() {}

  /// Our own filters and tags.
  static final class Ours extends AbstractExtension {
    @Override
    public Map<String, Filter> getFilters() {
      return EscapeFilter.all();
    }

    @Override
    public List<TokenParser> getTokenParsers() {
      var out = new ArrayList<TokenParser>(Limits.tags());
      out.add(new IfTokenParser());
      out.add(new FilterTokenParser());
      return out;
    }
  }

  /// What is left of an extension that comes with Pebble: no macros, inheritance, ranges, regular
  /// expressions, dates or bundles.
  static final class Restricted extends ExtensionCustomizer {
    Restricted(Extension whole) {
      super(whole);
    }

    @Override
    public Map<String, Filter> getFilters() {
      var out = new java.util.TreeMap<String, Filter>();
      Map<String, Filter> all = super.getFilters();
      if (all != null) {
        all.forEach((name, filter) -> {
          if (FILTERS.contains(name)) {
            out.put(name, filter);
          }
        });
      }
      return out;
    }

    @Override
    public Map<String, Function> getFunctions() {
      return Map.of();
    }

    @Override
    public List<TokenParser> getTokenParsers() {
      return List.of();
    }

    @Override
    public List<BinaryOperator> getBinaryOperators() {
      List<BinaryOperator> all = super.getBinaryOperators();
      return all == null
          ? List.of()
          : all.stream().filter(o -> !o.getSymbol().equals("..")).toList();
    }

    @Override
    public Map<String, Object> getGlobalVariables() {
      return Map.of();
    }
  }
}
