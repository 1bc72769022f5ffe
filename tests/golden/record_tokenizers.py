#!/usr/bin/env python3
"""Records what the tokenizers package makes of a corpus: tests/golden/data/tokenizers/.

  python3 -m venv v && v/bin/pip install tokenizers==0.23.3 sentencepiece==0.2.1 protobuf
  EDGETASKS_TESTDATA=... v/bin/python tests/golden/record_tokenizers.py

corpus.gz           the lines of tokenizer_corpus.py, each with its length before it
NAME.json.gz        a vocabulary, trained here; story's is in models, stories260K's in the test data
NAME.expected.gz    three digests of 8 bytes: of the ids, without and with special tokens; of the
                    decoded texts; of decoded random ids; then one byte for each line
sentencepiece gives nothing but the replacement table that "Precompiled" normalizers hold.
"""
import gzip
import io
import json
import os
import pathlib
import struct
import sys
import zlib

import sentencepiece
import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from tokenizer_corpus import Random, corpus

VERSIONS = {"tokenizers": "0.23.3", "sentencepiece": "0.2.1"}
OUT = pathlib.Path(__file__).parent / "data" / "tokenizers"
RANDOM_SEQUENCES, RANDOM_SEED = 500, 7
EVERY_NTH_LINE_TRAINS = 7

GPT4 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN = GPT4.replace(r"\p{N}{1,3}", r"\p{N}")
GPT4O = "|".join([
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"])
KIMI = "|".join([r"[\p{Han}]+", r"[^\r\n\p{L}\p{N}]?[\p{L}\p{M}&&[^\p{Han}]]+", r"\p{N}{1,3}",
                 r" ?[^\s\p{L}\p{N}]++[\r\n]*+", r"\s+$", r"\s*[\r\n]", r"\s+(?!\S)", r"\s"])
ODD = r"(?x: \h+ (?# hex ) | [[:alpha:]&&[^aeiou]]{2} | \w\b | [^\w\s]{,2}(?=\s) | (?m:^.) | \S )"

SPECIAL = ["<unk>", "<s>", "</s>", "<pad>"]
ADDED = [
    AddedToken("<|im_start|>", special=True, normalized=False),
    AddedToken("<|im_end|>", special=True, normalized=False, rstrip=True),
    AddedToken("<mask>", special=True, normalized=False, lstrip=True),
    AddedToken("<user>", special=False, normalized=False, lstrip=True, rstrip=True),
    AddedToken("Day", normalized=True, single_word=True),
    AddedToken("monday", normalized=True),
    AddedToken("ab", normalized=True, single_word=True),
    AddedToken("  ", normalized=False),
    AddedToken("   ", normalized=False),
    AddedToken("don't", normalized=True, lstrip=True, single_word=True),
]


def precompiled(rule):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["a b c d e f g h"] * 20), model_writer=model, vocab_size=12, model_type="unigram",
        normalization_rule_name=rule, hard_vocab_limit=False, minloglevel=2)
    # ModelProto.normalizer_spec (3).precompiled_charsmap (2)
    from sentencepiece import sentencepiece_model_pb2
    proto = sentencepiece_model_pb2.ModelProto.FromString(model.getvalue())
    return normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap)


def bpe(alphabet=None, vocab_size=1000, special=SPECIAL, model=None, **options):
    model = model or models.BPE(**options)
    return model, trainers.BpeTrainer(
        vocab_size=vocab_size, special_tokens=list(special), initial_alphabet=alphabet or [], show_progress=False,
        limit_alphabet=300, **{k: options[k] for k in ("continuing_subword_prefix", "end_of_word_suffix") if k in options})


def byte_bpe(**options):
    return bpe(alphabet=pre_tokenizers.ByteLevel.alphabet(), special=["<s>", "</s>"], **options)


BYTE_PIECES = [f"<0x{b:02X}>" for b in range(256)]


def fallback_bpe(vocab_size=1200, **options):
    return bpe(special=SPECIAL + BYTE_PIECES, vocab_size=vocab_size, unk_token="<unk>", fuse_unk=True, byte_fallback=True, **options)


def unigram(vocab_size=1000, special=SPECIAL, **options):
    return models.Unigram(), trainers.UnigramTrainer(
        vocab_size=vocab_size, special_tokens=list(special), unk_token="<unk>", show_progress=False, **options)


def wordpiece(vocab_size=1000):
    return models.WordPiece(unk_token="[UNK]"), trainers.WordPieceTrainer(
        vocab_size=vocab_size, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False, limit_alphabet=300)


def wordlevel(vocab_size=600):
    return models.WordLevel(unk_token="<unk>"), trainers.WordLevelTrainer(
        vocab_size=vocab_size, special_tokens=SPECIAL, show_progress=False)


def seq_n(*parts):
    return normalizers.Sequence(list(parts))


def seq_p(*parts):
    return pre_tokenizers.Sequence(list(parts))


def seq_d(*parts):
    return decoders.Sequence(list(parts))


LLAMA_DECODER = seq_d(decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0))


def bos(name="<s>"):
    return lambda t: processors.TemplateProcessing(f"{name} $A", f"{name} $A {name} $B", [(name, t.token_to_id(name))])


def bos_eos(t):
    return processors.TemplateProcessing("<s> $A </s>", "<s> $A </s> $B </s>", [(x, t.token_to_id(x)) for x in ("<s>", "</s>")])


def configurations():
    """name -> (model and trainer, normalizer, pre-tokenizer, decoder, post-processor maker, change of the JSON)"""
    pt, n, d = pre_tokenizers, normalizers, decoders
    bl = lambda **o: pt.ByteLevel(use_regex=False, add_prefix_space=False, **o)
    split = lambda p, b="isolated", **o: pt.Split(Regex(p), b, **o)
    first = lambda: pt.Metaspace(prepend_scheme="first", split=False)
    yield "bpe_gpt2", byte_bpe(), None, pt.ByteLevel(add_prefix_space=False), d.ByteLevel(), lambda t: processors.ByteLevel(trim_offsets=False)
    yield "bpe_roberta", byte_bpe(), None, pt.ByteLevel(add_prefix_space=True), d.ByteLevel(), \
        lambda t: processors.RobertaProcessing(("</s>", 1), ("<s>", 0))
    yield "bpe_llama3", byte_bpe(model=models.BPE(ignore_merges=True)), None, seq_p(split(GPT4), bl()), d.ByteLevel(), \
        lambda t: processors.Sequence([processors.ByteLevel(), bos()(t)])
    yield "bpe_qwen", byte_bpe(), n.NFC(), seq_p(split(QWEN), bl()), d.ByteLevel(), None
    yield "bpe_gpt4o", byte_bpe(), None, seq_p(split(GPT4O, "removed", invert=True), bl()), d.ByteLevel(), None
    yield "bpe_kimi", byte_bpe(), None, seq_p(split(KIMI), bl()), d.ByteLevel(), None
    yield "bpe_deepseek", byte_bpe(), seq_n(), seq_p(
        split(r"\p{N}{1,3}"), split("[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"), split(r"[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"),
        pt.Digits(individual_digits=True), bl()), d.ByteLevel(), bos()
    yield "bpe_odd_pattern", byte_bpe(vocab_size=400), None, seq_p(split(ODD), bl()), d.ByteLevel(), None
    yield "bpe_bytes_normalized", byte_bpe(vocab_size=500), n.ByteLevel(), split("\u0120", "merged_with_next"), d.ByteLevel(), None
    yield "bpe_llama2", fallback_bpe(), seq_n(n.Prepend("\u2581"), n.Replace(" ", "\u2581")), None, LLAMA_DECODER, bos()
    yield "bpe_gemma", fallback_bpe(), n.Replace(" ", "\u2581"), pt.Split(" ", "merged_with_previous"), \
        seq_d(d.Replace("\u2581", " "), d.ByteFallback(), d.Fuse()), bos()
    yield "bpe_mistral", fallback_bpe(), None, first(), seq_d(d.Replace("\u2581", " "), d.ByteFallback(), d.Fuse(), d.Strip(" ", 1, 0)), bos()
    yield "bpe_first_cut", fallback_bpe(vocab_size=700), n.Strip(), seq_p(pt.Punctuation(), pt.Metaspace(prepend_scheme="first")), d.Metaspace(prepend_scheme="first"), None
    yield "bpe_clip", bpe(unk_token="<unk>", end_of_word_suffix="</w>"), seq_n(n.NFC(), n.Replace(Regex(r"\s+"), " "), n.Lowercase()), \
        pt.Whitespace(), d.BPEDecoder("</w>"), bos_eos
    yield "bpe_continuing", bpe(unk_token="<unk>", fuse_unk=True, continuing_subword_prefix="##"), n.NFKC(), pt.BertPreTokenizer(), d.WordPiece("##", False), None
    yield "bpe_drops_unknown", bpe(vocab_size=500), None, pt.WhitespaceSplit(), None, None
    yield "unigram_t5", unigram(), precompiled("nmt_nfkc"), seq_p(pt.WhitespaceSplit(), pt.Metaspace()), d.Metaspace(), \
        lambda t: processors.TemplateProcessing("$A </s>", "$A </s> $B </s>", [("</s>", 2)])
    yield "unigram_albert", unigram(), seq_n(n.Replace("``", '"'), n.Replace("''", '"'), n.NFKD(), n.StripAccents(), n.Lowercase(),
        n.Replace(Regex(" {2,}"), " "), n.Strip()), pt.Metaspace(), d.Metaspace(), bos_eos
    yield "unigram_bytes", unigram(vocab_size=1200, special=SPECIAL + BYTE_PIECES), None, pt.Metaspace(prepend_scheme="never"), \
        seq_d(d.ByteFallback(), d.Metaspace(prepend_scheme="never")), None, {"model.byte_fallback": True}
    # Characters of after Unicode 9 have no script in the package.
    yield "unigram_scripts", unigram(), seq_n(n.Nmt(), n.Replace("\U0001F9D1", "")), seq_p(pt.UnicodeScripts(), pt.Metaspace(prepend_scheme="first", split=False)), d.Metaspace(), None
    yield "wordpiece_bert", wordpiece(), n.BertNormalizer(), pt.BertPreTokenizer(), d.WordPiece(), \
        lambda t: processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    yield "wordpiece_cased", wordpiece(), n.BertNormalizer(lowercase=False, handle_chinese_chars=False, strip_accents=True), \
        seq_p(pt.Whitespace(), pt.Punctuation(behavior="contiguous"), pt.Digits()), d.WordPiece(cleanup=False), None
    yield "wordlevel", wordlevel(), seq_n(n.NFD(), n.StripAccents(), n.Strip(left=True, right=False)), \
        seq_p(pt.WhitespaceSplit(), pt.Punctuation(behavior="merged_with_previous"), pt.Digits(individual_digits=True)), None, None
    yield "characters_ctc", wordlevel(), n.Lowercase(), seq_p(pt.CharDelimiterSplit("|"), pt.FixedLength(length=2)), d.CTC(pad_token="<pad>", word_delimiter_token="a"), None
    for behavior in ("removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"):
        yield f"split_{behavior}", bpe(vocab_size=400), None, split(r"[aeiou\s]|\d*", behavior), d.Fuse(), None
        yield f"split_inverted_{behavior}", bpe(vocab_size=400), n.NFKD(), split(r"(?i)[a-m]+|\p{Lo}", behavior, invert=True), d.Fuse(), None
    yield "added_lowercase", byte_bpe(), n.Lowercase(), pt.ByteLevel(add_prefix_space=True), d.ByteLevel(), None, {"added": ADDED}
    yield "added_metaspace", fallback_bpe(), seq_n(n.Prepend("\u2581"), n.Replace(" ", "\u2581")), None, LLAMA_DECODER, bos(), {"added": ADDED}
    yield "added_first", fallback_bpe(vocab_size=700), None, first(), d.Metaspace(prepend_scheme="first"), None, {"added": ADDED}
    yield "merges_as_strings", byte_bpe(), None, pt.ByteLevel(add_prefix_space=False), d.ByteLevel(), None, {"merges_as_strings": True}


def make(model_and_trainer, normalizer, pre_tokenizer, decoder, post_processor, change=None):
    change = dict(change or {})
    model, trainer = model_and_trainer
    t = Tokenizer(model)
    if normalizer is not None:
        t.normalizer = normalizer
    if pre_tokenizer is not None:
        t.pre_tokenizer = pre_tokenizer
    if decoder is not None:
        t.decoder = decoder
    t.train_from_iterator(corpus()[::EVERY_NTH_LINE_TRAINS], trainer)
    t.add_tokens(change.pop("added", []))
    if post_processor is not None:
        t.post_processor = post_processor(t)
    document = json.loads(t.to_str())
    if change.pop("merges_as_strings", False):
        document["model"]["merges"] = [" ".join(pair) for pair in document["model"]["merges"]]
    for path, value in change.items():
        target = document
        *way, last = path.split(".")
        for step in way:
            target = target[step]
        target[last] = value
    return json.dumps(document, ensure_ascii=False)


class Digest:
    """CRC-32 and Adler-32 of zlib, which both languages have at hand."""

    def __init__(self):
        self.crc, self.adler = 0, 1

    def update(self, data):
        self.crc, self.adler = zlib.crc32(data, self.crc), zlib.adler32(data, self.adler)

    def bytes(self):
        return struct.pack("<II", self.crc, self.adler)


def ids_bytes(ids):
    return struct.pack(f"<{len(ids) + 1}I", len(ids), *ids)


def text_bytes(text):
    data = text.encode()
    return struct.pack("<I", len(data)) + data


def expected(t, lines):
    """Three digests, and a byte for each line, to find the one that differs."""
    digests = [Digest() for _ in range(3)]
    marks = bytearray()
    for line in lines:
        plain = t.encode(line, add_special_tokens=False).ids
        ids = ids_bytes(plain) + ids_bytes(t.encode(line).ids)
        text = text_bytes(t.decode(plain, skip_special_tokens=True))
        digests[0].update(ids)
        digests[1].update(text)
        marks.append(zlib.crc32(ids + text) & 0xFF)
    random = Random(RANDOM_SEED)
    size = max(t.get_vocab(with_added_tokens=True).values()) + 1
    for _ in range(RANDOM_SEQUENCES):
        ids = [random.below(size) for _ in range(1 + random.below(12))]
        digests[2].update(text_bytes(t.decode(ids, skip_special_tokens=True)))
    return b"".join(digest.bytes() for digest in digests) + bytes(marks)


def write(name, data):
    with open(OUT / name, "wb") as file:
        with gzip.GzipFile(fileobj=file, mode="wb", mtime=0, compresslevel=9) as zipped:
            zipped.write(data)


def main():
    for module in (tokenizers, sentencepiece):
        if module.__version__ != VERSIONS[module.__name__]:
            sys.exit(f"{module.__name__} {module.__version__}: expected {VERSIONS[module.__name__]}")
    OUT.mkdir(parents=True, exist_ok=True)
    lines = corpus()
    write("corpus.gz", b"".join(text_bytes(line) for line in lines))
    only = sys.argv[1:]
    for name, *parts in configurations():
        if only and name not in only:
            continue
        text = make(*parts)
        write(f"{name}.json.gz", text.encode())
        write(f"{name}.expected.gz", expected(Tokenizer.from_str(text), lines))
        print(name, len(text), flush=True)
    stories = os.path.join(os.environ["EDGETASKS_TESTDATA"], "llm/stories260K/hf/tokenizer.json")
    if not only or "story" in only:
        story = OUT.parents[3] / "models/story/tokenizer.json"
        write("story.expected.gz", expected(Tokenizer.from_file(str(story)), lines))
    if not only:
        write("stories260K.expected.gz", expected(Tokenizer.from_file(stories), lines))


if __name__ == "__main__":
    main()
