package org.edgetasks.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class Utf8Test {
  @Test
  void everyCodePointComesBack() {
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        continue;
      }
      String text = new String(Character.toChars(codePoint));
      assertEquals(text, Utf8.decode(Utf8.encode(text)));
    }
  }

  @Test
  void nulAndEmojiAreStandardUtf8() {
    assertArrayEquals(new byte[] {'a', 0, 'b'}, Utf8.encode("a\0b"));
    assertArrayEquals(
        new byte[] {(byte) 0xF0, (byte) 0x9F, (byte) 0xA6, (byte) 0x89}, Utf8.encode("🦉"));
  }

  @Test
  void loneSurrogatesBecomeTheReplacementCharacter() {
    for (String text : List.of("a\uD83Eb", "a\uDD89b")) {
      assertEquals("a\uFFFDb", new String(Utf8.encode(text), StandardCharsets.UTF_8));
    }
    assertEquals("\uFFFD\uFFFD", Utf8.decode(Utf8.encode("\uDD89\uD83E")));
    assertEquals("\uFFFD", Utf8.decode(Utf8.encode("\uD83E")));
  }

  @Test
  void malformedBytesBecomeTheReplacementCharacter() {
    assertEquals("a\uFFFDb", Utf8.decode(new byte[] {'a', (byte) 0xFF, 'b'}));
  }
}
