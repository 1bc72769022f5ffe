#!/usr/bin/env python3
"""Records what Python's re and PyPI's jsonschema say of random expressions and schemas.

Writes tests/golden/data/constraint_{regex,schemas}.json, which constraint_golden_test replays byte by
byte. Needs jsonschema 4.26.0 (any Python 3.9 or later; recorded with 3.11.7):

    python3 -m venv VENV && VENV/bin/pip install jsonschema==4.26.0
    VENV/bin/python tests/golden/record_constraints.py

Schemas come with texts that are valid and spelled as core/text/constraint/json_schema.h says: all of
these must be accepted. And with texts that are not valid, or no JSON: none of these may be.
"""
import importlib.metadata
import json
import pathlib
import platform
import random
import re

import jsonschema

DATA = pathlib.Path(__file__).parent / "data"
WANTED = "4.26.0"
LETTERS = "abAB01_- .\n\"\\é€😀"


# --- regular expressions ---

def random_class(rng):
    parts = []
    for _ in range(rng.randint(1, 3)):
        parts.append(rng.choice(["a", "b", "0-9", "a-c", "A-Z", r"\d", r"\w", r"\s", r"\W", "_", "é-€",
                                 r"\-", ".", r"\u00e9", r"\\"]))
    return "[" + rng.choice(["", "^"]) + "".join(parts) + "]"


def random_regex(rng, depth):
    kind = rng.randint(0, 9) if depth > 0 else rng.randint(0, 3)
    if kind == 0:
        return rng.choice(["a", "b", "0", "é", "😀", r"\.", r"\n", r"\x41", "_", "-", " "])
    if kind == 1:
        return rng.choice([".", r"\d", r"\w", r"\s", r"\D", r"\W", r"\S"])
    if kind in (2, 3):
        return random_class(rng)
    if kind in (4, 5):
        return "".join(random_regex(rng, depth - 1) for _ in range(rng.randint(2, 4)))
    if kind == 6:
        return "(?:" + "|".join(random_regex(rng, depth - 1) for _ in range(rng.randint(2, 3))) + ")"
    body = rng.choice(["(", "(?:"]) + random_regex(rng, depth - 1) + ")"
    quantifier = rng.choice(["*", "+", "?", "{2}", "{1,}", "{,2}", "{1,3}"])
    return body + quantifier + rng.choice(["", "", "?"])


def random_text(rng):
    return "".join(rng.choice(LETTERS) for _ in range(rng.randint(0, 6)))


def matching_text(rng, expression):
    """A text that probably matches: random ones, grown a character at a time."""
    best = ""
    for _ in range(40):
        text = best + rng.choice(LETTERS)
        if expression.fullmatch(text):
            return text
        if rng.random() < 0.3:
            best = text if len(text) < 8 else ""
    return best


def record_regexes():
    rng = random.Random(1)
    cases = []
    while len(cases) < 400:
        pattern = random_regex(rng, 3)
        search = rng.random() < 0.25
        if search:
            pattern = rng.choice(["", "^"]) + pattern + rng.choice(["", r"$"])
        try:
            expression = re.compile(pattern, re.ASCII)
        except re.error:
            continue
        texts = {random_text(rng) for _ in range(12)} | {matching_text(rng, expression) for _ in range(8)}
        # In the middle of a text $ also matches in front of a last line break, which is Python's own.
        texts = sorted(t for t in texts if not (search and t.endswith("\n")))
        match = expression.search if search else expression.fullmatch
        # A dot is ECMA-262's where JSON Schema's patterns are meant; those have no \r here.
        cases.append({"pattern": pattern, "search": search,
                      "accept": [t for t in texts if match(t)],
                      "reject": [t for t in texts if not match(t)]})
    return cases


# --- schemas: each generator returns (schema, function that makes a valid value) ---

def integer_schema(rng):
    schema, low, high = {"type": "integer"}, -10**15 + 1, 10**15 - 1
    if rng.random() < 0.6:
        low = rng.randint(-200, 200)
        strict = rng.random() < 0.3
        schema["exclusiveMinimum" if strict else "minimum"] = low
        low += strict
    if rng.random() < 0.6:
        high = low + rng.randint(1, 5000)
        strict = rng.random() < 0.3
        schema["exclusiveMaximum" if strict else "maximum"] = high + strict
    step = 1
    if rng.random() < 0.3 and high - low > 60:
        step = rng.choice([2, 3, 5, 7, 10, 12])
        schema["multipleOf"] = step
    return schema, lambda: rng.randint(-(-low // step), high // step) * step


def number_schema(rng):
    schema, low, high = {"type": "number"}, -999999, 999999
    if rng.random() < 0.5:
        low = rng.choice([rng.randint(-50, 50), rng.randint(-5000, 5000) / 100])
        schema["minimum"] = low
    if rng.random() < 0.5:
        high = low + rng.randint(1, 900) / 8
        schema["maximum"] = high

    def value():
        number = round(rng.uniform(low, high), rng.randint(0, 4))
        number = min(max(number, low), high)
        return int(number) if number == int(number) else number
    return schema, value


def string_schema(rng):
    kind = rng.randint(0, 4)
    if kind == 0:
        values = rng.sample(["red", "green", "blue", "", "a b", "x\"y", "é", "\n"], rng.randint(1, 5))
        return {"enum": values}, lambda: rng.choice(values)
    if kind == 1:
        pattern, make = rng.choice([
            ("^[A-Z]{2}[0-9]{2,4}$", lambda: "".join(rng.choice("ABYZ") for _ in range(2)) +
             "".join(rng.choice("019") for _ in range(rng.randint(2, 4)))),
            ("^(yes|no)$", lambda: rng.choice(["yes", "no"])),
            ("b+c", lambda: random_text(rng) + "bbc" + random_text(rng)),
            ("^#", lambda: "#" + random_text(rng)),
            (r"\.png$", lambda: random_text(rng).replace("\n", "") + ".png"),
        ])
        return {"type": "string", "pattern": pattern}, make
    low, high = rng.randint(0, 3), rng.randint(3, 8)
    schema = {"type": "string"}
    if rng.random() < 0.6:
        schema["minLength"] = low
    if rng.random() < 0.6:
        schema["maxLength"] = high
    return schema, lambda: "".join(rng.choice(LETTERS) for _ in range(rng.randint(low, high)))


def array_schema(rng, depth):
    if rng.random() < 0.3:
        parts = [random_schema(rng, depth - 1) for _ in range(rng.randint(1, 3))]
        schema = {"type": "array", "prefixItems": [s for s, _ in parts], "items": False}
        low = rng.randint(0, len(parts))
        if low:
            schema["minItems"] = low
        return schema, lambda: [make() for _, make in parts[:rng.randint(low, len(parts))]]
    if rng.random() < 0.2:
        values = rng.sample([1, 2, "a", "b", None, True, "c"], rng.randint(2, 5))
        low = rng.randint(0, len(values))
        schema = {"type": "array", "items": {"enum": values}, "uniqueItems": True, "minItems": low}
        return schema, lambda: [v for v in values if rng.random() < 0.5] if low == 0 else list(values)
    item, make = random_schema(rng, depth - 1)
    schema, low, high = {"type": "array", "items": item}, 0, 4
    if rng.random() < 0.5:
        low = rng.randint(0, 2)
        schema["minItems"] = low
    if rng.random() < 0.5:
        high = rng.randint(low, 4)
        schema["maxItems"] = high
    return schema, lambda: [make() for _ in range(rng.randint(low, high))]


def object_schema(rng, depth):
    names = rng.sample(["name", "age", "a b", "x/y", "tag", "é", "q\"", "_"], rng.randint(1, 4))
    parts = {n: random_schema(rng, depth - 1) for n in names}
    required = [n for n in names if rng.random() < 0.5]
    schema = {"type": "object", "properties": {n: s for n, (s, _) in parts.items()}}
    if required:
        schema["required"] = required
    others = rng.choice([None, False, True, "typed", "pattern"])
    if others in (False, True):
        schema["additionalProperties"] = others
    elif others == "typed":
        schema["additionalProperties"] = {"type": "integer"}
    elif others == "pattern":
        schema["patternProperties"] = {"^p_": {"type": "boolean"}}
        schema["additionalProperties"] = False

    def value():
        result = {n: make() for n, (_, make) in parts.items() if n in required or rng.random() < 0.5}
        if others is True or others == "typed":
            for _ in range(rng.randint(0, 2)):
                result["more" + str(rng.randint(0, 9))] = rng.randint(0, 9)
        elif others == "pattern" and rng.random() < 0.5:
            result["p_" + rng.choice("xyz")] = True
        return result
    return schema, value


def combined_schema(rng, depth):
    if rng.random() < 0.5:
        parts = [random_schema(rng, depth - 1) for _ in range(rng.randint(2, 3))]
        return {"anyOf": [s for s, _ in parts]}, lambda: rng.choice(parts)[1]()
    kinds = rng.sample(["cat", "dog", "cow"], 2)
    extra = [random_schema(rng, depth - 1) for _ in kinds]
    options = [{"type": "object", "properties": {"kind": {"const": k}, "of": s},
                "required": ["kind", "of"]} for k, (s, _) in zip(kinds, extra)]

    def value():
        i = rng.randint(0, 1)
        return {"kind": kinds[i], "of": extra[i][1]()}
    return {"oneOf": options}, value


def random_schema(rng, depth):
    kind = rng.randint(0, 9) if depth > 0 else rng.randint(0, 4)
    if kind == 0:
        return integer_schema(rng)
    if kind == 1:
        return number_schema(rng)
    if kind in (2, 3):
        return string_schema(rng)
    if kind == 4:
        value = rng.choice([None, True, 5, "x", [1, "a"], {"k": None}])
        return rng.choice([({"const": value}, lambda: value),
                           ({"type": "boolean"}, lambda: rng.random() < 0.5),
                           ({"type": ["integer", "null"], "minimum": 0},
                            lambda: rng.choice([None, rng.randint(0, 99)]))])
    if kind in (5, 6):
        return array_schema(rng, depth)
    if kind in (7, 8):
        return object_schema(rng, depth)
    return combined_schema(rng, depth)


def change(rng, value):
    """The value with something else somewhere."""
    if isinstance(value, list) and value and rng.random() < 0.7:
        result = list(value)
        i = rng.randrange(len(result))
        action = rng.randint(0, 2)
        if action == 0:
            result[i] = change(rng, result[i])
        elif action == 1:
            result.insert(i, result[i])
        else:
            del result[i]
        return result
    if isinstance(value, dict) and rng.random() < 0.8:
        result = dict(value)
        action = rng.randint(0, 2)
        if result and action < 2:
            key = rng.choice(list(result))
            if action == 0:
                result[key] = change(rng, result[key])
            else:
                del result[key]
        else:
            result[rng.choice(["zz", "name", "age", "p_q"])] = rng.choice([1, "1", None])
        return result
    if isinstance(value, (int, float)) and not isinstance(value, bool) and rng.random() < 0.7:
        return rng.choice([value + 1, value - 1, -value, value * 10, value + 0.5])
    if isinstance(value, str) and rng.random() < 0.7:
        return rng.choice([value + "x", value[1:], value * 3, value.upper()])
    return rng.choice([None, True, 0, -1, 1.5, "", "x", [], {}, [1], {"a": 1}])


def text_of(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def changed_text(rng, text):
    i = rng.randrange(len(text) + 1)
    return rng.choice([text[:i] + rng.choice('{}[]",:0a-. \n\\') + text[i:], text[:i] + text[i + 1:]])


def spaced(text_value):
    return json.dumps(text_value, ensure_ascii=False)  # ", " and ": "


def plain(value):
    """Whether its numbers are spelled without an exponent and with digits enough."""
    return re.search(r"[0-9]e|\.[0-9]{7}|[0-9]{16}", text_of(value)) is None


def record_schemas():
    rng = random.Random(2)
    cases = []
    while len(cases) < 250:
        schema, make = random_schema(rng, 3)
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        accept, reject = set(), set()
        for _ in range(4):
            value = make()
            if not validator.is_valid(value) or not plain(value):
                continue
            accept.update([text_of(value), spaced(value)])
            for text in [text_of(change(rng, value)) for _ in range(4)] + [
                    changed_text(rng, text_of(value)) for _ in range(2)]:
                try:
                    if validator.is_valid(json.loads(text)):
                        continue
                except ValueError:
                    pass
                reject.add(text)
        if accept:
            cases.append({"schema": schema, "accept": sorted(accept), "reject": rng.sample(sorted(reject), min(len(reject), 10))})
    return cases


def write(name, cases):
    head = {"recorded_by": "tests/golden/record_constraints.py", "python": platform.python_version(),
            "jsonschema": WANTED}
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    path = DATA / name
    path.write_text(json.dumps(head)[:-1] + ', "cases": [\n' + lines + "\n]}\n", encoding="utf-8")
    print(f"{path}: {len(cases)} cases, {path.stat().st_size} bytes")


def main():
    version = importlib.metadata.version("jsonschema")
    if version != WANTED:
        raise SystemExit(f"jsonschema {WANTED} is pinned; this is {version}")
    write("constraint_regex.json", record_regexes())
    write("constraint_schemas.json", record_schemas())


if __name__ == "__main__":
    main()
