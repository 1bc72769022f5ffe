#!/usr/bin/env python3
"""Asks PyPI's jsonschema about what the story model said under random schemas.

    EDGETASKS_SCHEMA_DUMP=said.jsonl build/dev/tests/tasks/llm_inference/constrained_story_test
    VENV/bin/pip install jsonschema==4.26.0 rfc3339-validator==0.1.4 rfc3986-validator==0.1.1 fqdn==1.5.1
    VENV/bin/python tests/golden/check_constrained_output.py said.jsonl

The test has a validator of its own, so that it runs without Python; this shows that they agree.
"""
import json
import sys

import jsonschema


def main():
    count = bad = 0
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            said = json.loads(line)
            jsonschema.Draft202012Validator.check_schema(said["schema"])
            validator = jsonschema.Draft202012Validator(
                said["schema"], format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
            count += 1
            try:
                errors = [e.message for e in validator.iter_errors(json.loads(said["text"]))]
            except ValueError as error:
                errors = [f"no JSON: {error}"]
            if errors:
                bad += 1
                print(said["text"], errors, json.dumps(said["schema"]), sep="\n  ")
    print(f"{count} texts, {bad} not valid; formats checked: "
          f"{sorted(jsonschema.Draft202012Validator.FORMAT_CHECKER.checkers)}")
    return 1 if bad or not count else 0


if __name__ == "__main__":
    sys.exit(main())
