package org.edgetasks.harness;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Options ("--name value" or "--name" for a switch) and the rest, in any order. */
final class CommandLine {
  /** The command line is wrong; the message says how. */
  static final class WrongUsage extends Exception {
    private static final long serialVersionUID = 1L;

    WrongUsage(String message) {
      super(message);
    }
  }

  private final Map<String, List<String>> values = new HashMap<>();
  private final Set<String> switches = new HashSet<>();
  private final List<String> rest = new ArrayList<>();

  /** Throws WrongUsage if an argument is not among the known ones, or its value is missing. */
  CommandLine(String[] arguments, Set<String> withValue, Set<String> switchNames)
      throws WrongUsage {
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (switchNames.contains(argument)) {
        switches.add(argument);
      } else if (withValue.contains(argument)) {
        if (i + 1 == arguments.length) {
          throw new WrongUsage(argument + " needs a value");
        }
        values.computeIfAbsent(argument, name -> new ArrayList<>()).add(arguments[++i]);
      } else if (argument.startsWith("--")) {
        throw new WrongUsage("There is no option " + argument);
      } else {
        rest.add(argument);
      }
    }
  }

  boolean has(String name) {
    return switches.contains(name) || values.containsKey(name);
  }

  String text(String name, String fallback) {
    List<String> all = texts(name);
    return all.isEmpty() ? fallback : all.get(all.size() - 1);
  }

  /** All values of an option that may come more than once. */
  List<String> texts(String name) {
    return values.getOrDefault(name, Collections.emptyList());
  }

  int number(String name, int fallback) throws WrongUsage {
    return (int) decimal(name, fallback);
  }

  float decimal(String name, float fallback) throws WrongUsage {
    String value = text(name, null);
    try {
      return value == null ? fallback : Float.parseFloat(value);
    } catch (NumberFormatException e) {
      throw new WrongUsage(name + " is " + value + "; it must be a number");
    }
  }

  /** The constant that the value names, in small letters and with '-' for '_'. */
  <E extends Enum<E>> E choice(String name, E fallback) throws WrongUsage {
    String value = text(name, null);
    if (value == null) {
      return fallback;
    }
    List<String> names = new ArrayList<>();
    for (E constant : fallback.getDeclaringClass().getEnumConstants()) {
      names.add(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
      if (value.equals(names.get(names.size() - 1))) {
        return constant;
      }
    }
    throw new WrongUsage(name + " is " + value + "; it must be one of " + names);
  }

  /** Numbers between commas; none if the option is not there. */
  float[] decimals(String name) throws WrongUsage {
    String value = text(name, "");
    String[] parts = value.isEmpty() ? new String[0] : value.split(",");
    float[] numbers = new float[parts.length];
    try {
      for (int i = 0; i < parts.length; i++) {
        numbers[i] = Float.parseFloat(parts[i]);
      }
    } catch (NumberFormatException e) {
      throw new WrongUsage(name + " is " + value + "; it must be numbers between commas");
    }
    return numbers;
  }

  List<String> rest() {
    return rest;
  }
}
