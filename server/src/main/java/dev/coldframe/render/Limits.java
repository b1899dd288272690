package dev.coldframe.render;

import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.extension.NodeVisitor;
import io.pebbletemplates.pebble.lexer.Token;
import io.pebbletemplates.pebble.node.AbstractRenderableNode;
import io.pebbletemplates.pebble.node.BodyNode;
import io.pebbletemplates.pebble.node.ForNode;
import io.pebbletemplates.pebble.node.RenderableNode;
import io.pebbletemplates.pebble.node.SetNode;
import io.pebbletemplates.pebble.node.expression.Expression;
import io.pebbletemplates.pebble.parser.Parser;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import io.pebbletemplates.pebble.tokenParser.ForTokenParser;
import io.pebbletemplates.pebble.tokenParser.IncludeTokenParser;
import io.pebbletemplates.pebble.tokenParser.SetTokenParser;
import io.pebbletemplates.pebble.tokenParser.TokenParser;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one rendering may cost (row H-14). There is no clock in here: loop rounds and includes are
/// counted, so that the same template is cut at the same place each time. One thread's.
final class Limits {
  /// Characters of output.
  static final int OUTPUT_CHARS = 256 * 1024;

  /// Loop rounds in one rendering, all loops together; a rack's largest list has some hundred
  /// entries.
  static final int ROUNDS = 10_000;

  /// Includes inside includes; also what stops a file that includes itself.
  static final int DEPTH = 8;

  /// Characters of a variable that a template sets; stops a loop that doubles it.
  static final int VALUE_CHARS = 16 * 1024;

  /// The counters' name among the variables: with a blank, so that no template can say it.
  static final String VARIABLE = "rendering limits";

  private int rounds;
  private int depth;

  /// The tags that are counted, in place of Pebble's own.
  static List<TokenParser> tags() {
    return List.of(new CountedFor(), new CountedInclude(), new BoundedSet());
  }

  private static Limits of(EvaluationContextImpl context) {
    return (Limits) context.getVariable(VARIABLE);
  }

  private static final class CountedFor extends ForTokenParser {
    @Override
    public RenderableNode parse(Token token, Parser parser) {
      ForNode loop = (ForNode) super.parse(token, parser);
      var counted = new ArrayList<RenderableNode>();
      counted.add(new Round(loop.getLineNumber()));
      counted.addAll(loop.getBody().getChildren());
      return new ForNode(
          loop.getLineNumber(),
          loop.getIterationVariable(),
          loop.getIterable(),
          new BodyNode(loop.getBody().getLineNumber(), counted),
          loop.getElseBody());
    }
  }

  /// The first thing in each round of a loop.
  private static final class Round extends AbstractRenderableNode {
    Round(int lineNumber) {
      super(lineNumber);
    }

    @Override
    public void render(PebbleTemplateImpl self, Writer writer, EvaluationContextImpl context) {
      if (++of(context).rounds > ROUNDS) {
        throw new PebbleException(
            null, "more than " + ROUNDS + " loop rounds", getLineNumber(), self.getName());
      }
    }

    @Override
    public void accept(NodeVisitor visitor) {
      visitor.visit(this);
    }
  }

  private static final class CountedInclude extends IncludeTokenParser {
    @Override
    public RenderableNode parse(Token token, Parser parser) {
      return new Include(token.getLineNumber(), super.parse(token, parser));
    }
  }

  private static final class Include extends AbstractRenderableNode {
    private final RenderableNode include;

    Include(int lineNumber, RenderableNode include) {
      super(lineNumber);
      this.include = include;
    }

    @Override
    public void render(PebbleTemplateImpl self, Writer writer, EvaluationContextImpl context)
        throws IOException {
      Limits limits = of(context);
      if (++limits.depth > DEPTH) {
        throw new PebbleException(
            null, "includes nest deeper than " + DEPTH, getLineNumber(), self.getName());
      }
      if (++limits.rounds > ROUNDS) {
        throw new PebbleException(
            null, "more than " + ROUNDS + " includes", getLineNumber(), self.getName());
      }
      include.render(self, writer, context);
      limits.depth--;
    }

    @Override
    public void accept(NodeVisitor visitor) {
      visitor.visit(this);
    }
  }

  private static final class BoundedSet extends SetTokenParser {
    @Override
    public RenderableNode parse(Token token, Parser parser) {
      SetNode set = (SetNode) super.parse(token, parser);
      return new SetNode(set.getLineNumber(), set.getName(), new Bounded(set.getValue()));
    }
  }

  private record Bounded(Expression<?> value) implements Expression<@Nullable Object> {
    @Override
    public @Nullable Object evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
      Object out = value.evaluate(self, context);
      int size =
          switch (out) {
            case CharSequence text -> text.length();
            case Collection<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case null, default -> 0;
          };
      if (size > VALUE_CHARS) {
        throw new PebbleException(
            null, "a variable grew beyond " + VALUE_CHARS, getLineNumber(), self.getName());
      }
      return out;
    }

    @Override
    public int getLineNumber() {
      return value.getLineNumber();
    }

    @Override
    public void accept(NodeVisitor visitor) {
      value.accept(visitor);
    }
  }
}
