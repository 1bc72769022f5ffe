package org.edgetasks.components.containers;

import java.util.Arrays;
import org.edgetasks.internal.Check;

/** An entry of a model's metadata that is nobody's but its author's. Immutable. */
public final class CustomMetadata {
  private final String name;
  private final byte[] data;

  private CustomMetadata(String name, byte[] data) {
    this.name = name;
    this.data = data;
  }

  /**
   * Creates an entry.
   *
   * @param name its name
   * @param data its bytes, copied
   * @return the entry
   */
  public static CustomMetadata create(String name, byte[] data) {
    return new CustomMetadata(Check.notNull(name, "name"), Check.notNull(data, "data").clone());
  }

  /** {@return its name} */
  public String name() {
    return name;
  }

  /** {@return its bytes, copied} */
  public byte[] data() {
    return data.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CustomMetadata
        && name.equals(((CustomMetadata) other).name)
        && Arrays.equals(data, ((CustomMetadata) other).data);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return "CustomMetadata{" + name + ", " + data.length + " bytes}";
  }
}
