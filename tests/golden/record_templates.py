#!/usr/bin/env python3
"""Records what jinja2, set as transformers sets it, makes of chat templates: data/templates.json.gz.

  python3 -m venv v && v/bin/pip install jinja2==3.1.6 && v/bin/python tests/golden/record_templates.py

The templates are our own, in the constructs of well-known model families (template_cases.py).
Errors are recorded as null: that they come is compared, not what they say.
"""
import datetime
import gzip
import json
import pathlib
import sys

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from template_cases import CHATS, EXPRESSIONS, TEMPLATES, WHITESPACE

OUT = pathlib.Path(__file__).parent / "data" / "templates.json.gz"
NOW = datetime.datetime(2026, 11, 21, 20, 5, 9)  # as in the test


class Generation(jinja2.ext.Extension):
    """{% generation %}: renders its body."""

    tags = {"generation"}

    def parse(self, parser):
        lineno = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(lineno)

    def _body(self, caller):
        return caller()


def environment():
    # Source: transformers, utils/chat_template_utils.py, _compile_jinja_template.
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = NOW.strftime
    return env


def render(source, variables):
    try:
        return environment().from_string(source).render(**variables)
    except Exception:
        return None


def main():
    if jinja2.__version__ != "3.1.6":
        sys.exit(f"jinja2 {jinja2.__version__}: expected 3.1.6")
    cases = []
    for name, source in TEMPLATES.items():
        for chat, variables in CHATS.items():
            for generate in (False, True):
                values = {"bos_token": "<s>", "eos_token": "</s>", "tools": None, "documents": None,
                          "add_generation_prompt": generate, **variables}
                cases.append({"name": f"{name}, {chat}, {generate}", "template": source,
                              "extra": values, "expected": render(source, values)})
    variables = {"s": "Hello wörld", "e": "", "n": 7, "x": 2.5, "l": [3, 1, 2], "d": {"b": 1, "a": [True, None]},
                 "m": [{"role": "user", "n": 2}, {"role": "tool", "n": 1}], "t": True}
    for i, expression in enumerate(EXPRESSIONS):
        source = "{{ " + expression + " }}"
        cases.append({"name": expression, "template": source, "extra": variables, "expected": render(source, variables)})
    for source in WHITESPACE:
        cases.append({"name": source, "template": source, "extra": variables, "expected": render(source, variables)})
    text = json.dumps({"jinja2": jinja2.__version__, "cases": cases})
    with open(OUT, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, compresslevel=9) as zipped:
        zipped.write(text.encode())
    print(len(cases), "cases,", sum(c["expected"] is None for c in cases), "errors")


if __name__ == "__main__":
    main()
