package org.edgetasks.internal;

import java.util.Locale;

/** Checks of arguments and states, with messages that say what is wrong. */
public final class Check {
  private Check() {}

  /** Throws IllegalArgumentException unless {@code condition}; the message is a format string. */
  public static void argument(boolean condition, String message, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(format(message, values));
    }
  }

  /** Throws IllegalStateException unless {@code condition}; the message is a format string. */
  public static void state(boolean condition, String message, Object... values) {
    if (!condition) {
      throw new IllegalStateException(
          values.length == 0 ? message : String.format(message, values));
    }
  }

  /** Returns {@code value}; throws IllegalArgumentException if it is null. */
  public static <T> T notNull(T value, String what) {
    argument(value != null, "The %s is null; it must be set", what);
    return value;
  }

  private static String format(String message, Object[] values) {
    // Messages are read by developers: digits are the same in every locale.
    return values.length == 0 ? message : String.format(Locale.ROOT, message, values);
  }
}
