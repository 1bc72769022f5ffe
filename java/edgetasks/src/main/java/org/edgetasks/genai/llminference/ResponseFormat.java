package org.edgetasks.genai.llminference;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.edgetasks.internal.Check;

/**
 * The form that responses must have, exact to the byte. Immutable.
 *
 * <p>Tokens that leave it are never chosen; a response ends where the form is complete and nothing
 * more can follow, or at a stop token where it is complete. When few of maxOutputTokens are left,
 * the response is led to its end. A leading space is part of a response: a form that allows none
 * gets none.
 *
 * <p>A form that cannot be honoured is refused when the session takes it, with the place: see
 * README.md for what there is.
 */
public final class ResponseFormat {
  /** The kinds of forms. */
  public enum Kind {
    /** No constraint. */
    TEXT(0),
    /** Any JSON object. */
    JSON(1),
    /** A JSON value that validates against a schema. */
    JSON_SCHEMA(2),
    /** What a regular expression matches as a whole. */
    REGEX(3),
    /** One of some texts. */
    CHOICE(4),
    /** What a grammar in EBNF derives. */
    GRAMMAR(5);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    /** {@return the stable number of this kind, the same in all languages} */
    public int getNumber() {
      return number;
    }
  }

  private static final ResponseFormat TEXT = of(Kind.TEXT, "");
  private static final ResponseFormat JSON = of(Kind.JSON, "");

  private final Kind kind;
  private final String source;
  private final List<String> choices;

  private ResponseFormat(Kind kind, String source, List<String> choices) {
    this.kind = kind;
    this.source = source;
    this.choices = choices;
  }

  private static ResponseFormat of(Kind kind, String source) {
    return new ResponseFormat(kind, source, Collections.emptyList());
  }

  /** {@return no constraint} */
  public static ResponseFormat text() {
    return TEXT;
  }

  /** {@return any JSON object} */
  public static ResponseFormat json() {
    return JSON;
  }

  /**
   * A JSON value that validates.
   *
   * @param schema a JSON Schema
   * @return the form
   */
  public static ResponseFormat jsonSchema(String schema) {
    return of(Kind.JSON_SCHEMA, Check.notNull(schema, "JSON schema"));
  }

  /**
   * What an expression matches as a whole.
   *
   * @param expression a regular expression
   * @return the form
   */
  public static ResponseFormat regex(String expression) {
    return of(Kind.REGEX, Check.notNull(expression, "regular expression"));
  }

  /**
   * One of some texts.
   *
   * @param choices the texts, one at least
   * @return the form
   * @throws IllegalArgumentException if there are none
   */
  public static ResponseFormat choice(List<String> choices) {
    List<String> copy = new ArrayList<>(Check.notNull(choices, "list of choices"));
    Check.argument(!copy.isEmpty(), "There are no choices; a response must have one at least");
    for (String choice : copy) {
      Check.notNull(choice, "choice");
    }
    return new ResponseFormat(Kind.CHOICE, "", Collections.unmodifiableList(copy));
  }

  /**
   * What a grammar derives.
   *
   * @param grammar a grammar in EBNF
   * @return the form
   */
  public static ResponseFormat grammar(String grammar) {
    return of(Kind.GRAMMAR, Check.notNull(grammar, "grammar"));
  }

  /** {@return which kind of form it is} */
  public Kind kind() {
    return kind;
  }

  /** {@return the schema, expression or grammar; "" for the other kinds} */
  public String source() {
    return source;
  }

  /** {@return the texts to choose from; none for the other kinds} */
  public List<String> choices() {
    return choices;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof ResponseFormat)) {
      return false;
    }
    ResponseFormat that = (ResponseFormat) other;
    return kind == that.kind && source.equals(that.source) && choices.equals(that.choices);
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, source, choices);
  }

  @Override
  public String toString() {
    return kind + (choices.isEmpty() ? "(" + source + ")" : choices.toString());
  }
}
