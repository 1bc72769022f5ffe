package org.edgetasks.internal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Text crosses the native border as plain UTF-8 bytes: JNI's own strings are modified UTF-8, which
 * breaks NUL and everything beyond the Basic Multilingual Plane.
 */
public final class Utf8 {
  private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

  private Utf8() {}

  /** Returns {@code text} as UTF-8; a lone surrogate, which has no UTF-8, becomes U+FFFD. */
  public static byte[] encode(String text) {
    // String.getBytes would write '?' for a lone surrogate.
    CharsetEncoder encoder =
        StandardCharsets.UTF_8
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE)
            .replaceWith(REPLACEMENT);
    try {
      ByteBuffer encoded = encoder.encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new IllegalStateException("An encoder that replaces what is malformed refused it", e);
    }
  }

  /** The same for each text. */
  public static byte[][] encodeAll(Iterable<String> texts) {
    ArrayList<byte[]> encoded = new ArrayList<>();
    for (String text : texts) {
      encoded.add(encode(text));
    }
    return encoded.toArray(new byte[0][]);
  }

  /** Returns the text of UTF-8 bytes; malformed bytes become U+FFFD. */
  public static String decode(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The same for each text; not to be changed. */
  public static List<String> decodeAll(byte[][] texts) {
    List<String> decoded = new ArrayList<>(texts.length);
    for (byte[] text : texts) {
      decoded.add(decode(text));
    }
    return Collections.unmodifiableList(decoded);
  }

  /** The same for a part of the bytes. */
  public static String decode(byte[] bytes, int offset, int length) {
    return new String(bytes, offset, length, StandardCharsets.UTF_8);
  }
}
