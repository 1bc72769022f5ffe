"""The lines that record_tokenizers.py gives to tokenizers: 10,000, of 30 scripts, emoji, code, controls.

Deterministic: the same lines from the same seed, whatever the Python version.
"""

# Name -> ranges of code points of letters, all in Unicode 8 or earlier.
SCRIPTS = {
    "latin": [(0x61, 0x7A)], "latin_upper": [(0x41, 0x5A)], "latin1": [(0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0xFF)],
    "latin_extended": [(0x100, 0x17F), (0x1E00, 0x1EFF)], "greek": [(0x391, 0x3A1), (0x3A3, 0x3C9)],
    "greek_extended": [(0x1F00, 0x1F15), (0x1F80, 0x1FAF)], "cyrillic": [(0x410, 0x44F)],
    "armenian": [(0x531, 0x556), (0x561, 0x586)], "hebrew": [(0x5D0, 0x5EA)], "hebrew_points": [(0x5B0, 0x5BD), (0x5D0, 0x5EA)],
    "arabic": [(0x621, 0x63A), (0x641, 0x652)], "syriac": [(0x710, 0x72F)], "thaana": [(0x780, 0x7B0)],
    "devanagari": [(0x904, 0x939), (0x93E, 0x94D), (0x966, 0x96F)], "bengali": [(0x985, 0x98C), (0x993, 0x9A8), (0x9BE, 0x9C4)],
    "gurmukhi": [(0xA05, 0xA0A), (0xA13, 0xA28), (0xA3E, 0xA42)], "gujarati": [(0xA85, 0xA8D), (0xA93, 0xAA8), (0xABE, 0xAC5)],
    "tamil": [(0xB85, 0xB8A), (0xBAE, 0xBB9), (0xBBE, 0xBC2)], "telugu": [(0xC05, 0xC0C), (0xC12, 0xC28), (0xC3E, 0xC44)],
    "kannada": [(0xC85, 0xC8C), (0xC92, 0xCA8)], "malayalam": [(0xD05, 0xD0C), (0xD12, 0xD28), (0xD3E, 0xD44)],
    "sinhala": [(0xD85, 0xD96), (0xD9A, 0xDB1)], "thai": [(0xE01, 0xE3A), (0xE40, 0xE4E)], "lao": [(0xE94, 0xE97), (0xE99, 0xE9F)],
    "tibetan": [(0xF40, 0xF47), (0xF49, 0xF6C), (0xF71, 0xF84)], "myanmar": [(0x1000, 0x1021), (0x102B, 0x1032)],
    "georgian": [(0x10D0, 0x10F0)], "ethiopic": [(0x1200, 0x1248)], "khmer": [(0x1780, 0x17B3), (0x17B6, 0x17D1)],
    "mongolian": [(0x1820, 0x1842)], "hangul": [(0xAC00, 0xD7A3)], "hangul_jamo": [(0x1100, 0x1112), (0x1161, 0x1175), (0x11A8, 0x11C2)],
    "hiragana": [(0x3041, 0x3096), (0x3099, 0x309A), (0x30FC, 0x30FC)], "katakana": [(0x30A1, 0x30FA), (0x30FC, 0x30FC)],
    "han": [(0x4E00, 0x9FA5)], "han_rare": [(0x3400, 0x4DB5), (0x20000, 0x2A6D6), (0xF900, 0xFA2D)], "bopomofo": [(0x3105, 0x312D)],
    "cherokee": [(0x13A0, 0x13F4)], "gothic": [(0x10330, 0x1034A)], "math": [(0x1D400, 0x1D454), (0x1D7CE, 0x1D7FF)],
}
EMOJI = ["\U0001F600", "\U0001F44D\U0001F3FD", "\U0001F468\u200D\U0001F469\u200D\U0001F467", "\U0001F1E9\U0001F1EA",
         "\u2764\uFE0F", "1\uFE0F\u20E3", "\U0001F3F4\u200D\u2620\uFE0F", "\u2603", "\U0001F9D1\u200D\U0001F4BB"]
MARKS = [0x300, 0x301, 0x302, 0x303, 0x308, 0x30A, 0x323, 0x327, 0x345]
SYMBOLS = list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") + list("\u00A1\u00BF\u00AB\u00BB\u2013\u2014\u2018\u2019\u201C\u201D\u2026"
    "\u20AC\u00A3\u00A5\u00A9\u00AE\u2122\u00B0\u00B1\u00D7\u00F7\u2190\u2200\u2211\u221E\u3001\u3002\uFF01\uFF0C\u0964\u060C\u05BE\uFFFD")
COMPATIBLE = list("\uFB01\uFB02\u2460\u2473\u00BD\u00B2\u2075\uFF21\uFF41\uFF11\u3231\u33A1\u1E9E\u00DF\u0130\u0131\u01C5\u2126\u212B\u212A\u017F\uFDFA\u3392")
SPACES = [" ", " ", " ", " ", "  ", "   ", "\t", "\u00A0", "\u3000", "\u2003", "\u2028", "\u200B", "\u180E", "\u0085", "\x0B", "\r"]
CONTROLS = ["\x00", "\x01", "\x07", "\x08", "\x1B", "\x1F", "\x7F", "\x80", "\x9F", "\u200C", "\u200D", "\u200E", "\u202E",
            "\uFEFF", "\u00AD", "\uE000", "\U000F0000", "\uFFFE", "\u2581", "\u0120", "\u010A"]
DIGITS = ["0", "7", "42", "007", "123", "1234", "12345", "1234567890", "3.14", "1,000", "1e-5", "0x1F", "\u0663\u0664", "\u096A\u096B", "\uFF13"]
SPECIALS = ["<s>", "</s>", "<unk>", "<pad>", "[MASK]", "[CLS]", "[SEP]", "[UNK]", "<|im_start|>", "<|im_end|>", "<|endoftext|>",
            "<user>", "Day", "monday", "DAY", "<0x0A>", "<0xE2>", "##ing", "</w>", "<mask>", "ab", "||", "|"]
CODE = ["def f(x):", "    return x", "if (a && b) {", "\t\tx += 1;", "}", "for i in range(10):", "# comment", "int main(void)",
        "std::vector<int> v;", "a->b.c[0]", "print(\"hi\\n\")", "SELECT * FROM t WHERE id=1;", "<div class=\"x\">", "</div>",
        "lambda x: x**2", "https://example.org/a?b=c&d=e#f", "user.name@mail.example", "C:\\temp\\x.txt", "`ls -la`", "!==", "=>", "...",
        "{\"key\": [1, 2.5, null]}", "don't", "I'm", "we'LL", "they've", "it's", "y'all'd", "CAN'T", "do not", "n't", "rock 'n' roll"]


class Random:
    """splitmix64 (Steele, Lea, Flood 2014): the same numbers in every language."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    def below(self, limit):
        return self.next() % limit

    def choice(self, items):
        return items[self.below(len(items))]


def words_of(random, ranges, count):
    """Words of a language: few syllables, so that pieces repeat and there is something to merge."""
    def letter():
        low, high = random.choice(ranges)
        return chr(low + random.below(high - low + 1))
    syllables = ["".join(letter() for _ in range(1 + random.below(3))) for _ in range(12)]
    return ["".join(random.choice(syllables) for _ in range(1 + random.below(4))) for _ in range(count)]


def word(random, vocabularies, names):
    kind = random.below(100)
    if kind < 62:
        # Few words are frequent: the square of an even number in [0, 1) is near 0.
        words = vocabularies[names[random.below(len(names))]]
        text = words[random.below(1 + random.below(len(words)))]
        return text.capitalize() if random.below(8) == 0 else text
    if kind < 68:
        return random.choice(DIGITS)
    if kind < 76:
        return "".join(random.choice(SYMBOLS) for _ in range(1 + random.below(3)))
    if kind < 80:
        return random.choice(EMOJI)
    if kind < 84:
        return random.choice(COMPATIBLE)
    if kind < 88:
        base = random.choice(vocabularies["latin"])
        return "".join(c + (chr(random.choice(MARKS)) if random.below(3) == 0 else "") for c in base)
    if kind < 90:
        return random.choice(CONTROLS)
    if kind < 94:
        return random.choice(SPECIALS)
    return random.choice(CODE)


def corpus(count=10000, seed=20261121):
    random = Random(seed)
    vocabularies = {name: words_of(random, ranges, 60) for name, ranges in SCRIPTS.items()}
    every = list(SCRIPTS)
    lines = ["", " ", "  ", "\n", "a", " a", "a ", "\u2581", "<s>", "<s></s>", " <s> a </s> ", "\x00"]
    while len(lines) < count:
        names = ["latin"] if random.below(3) == 0 else [random.choice(every) for _ in range(1 + random.below(2))]
        line = ""
        for _ in range(1 + random.below(8)):
            line += word(random, vocabularies, names)
            if random.below(6) != 0:
                line += random.choice(SPACES)
        if random.below(20) == 0:
            line = line.replace(" ", "\n")
        lines.append(line)
    return lines
