#!/usr/bin/env python3
"""What the Java API costs above the C++ API: one classification, one streamed token.

Runs both programs in turn, so that what else the machine does hits both, and compares the medians.
Both take their code from one build: API_BENCH and the library of the Java API beside it. Before:
cmake --build --preset dev, and mvn package in java/.

Usage: java_overhead.py API_BENCH [ROUNDS]      (API_BENCH: build/dev/tests/bench/edgetasks_api_bench)
"""
import json
import pathlib
import statistics
import subprocess
import sys

LIMIT_US = 50  # what the Java API may cost


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    models = [root / "models/story/story.task", root / "models/emoji/emoji_int8.tflite"]
    library = pathlib.Path(sys.argv[1]).resolve().parents[2] / "jni"
    java = ["java", f"-Dorg.edgetasks.library.path={library}", "-cp", f"{root}/java/harness/target/*:{root}/java/harness/target/lib/*",
            "org.edgetasks.harness.OverheadHarness"]
    figures = {"C++": [], "Java": []}
    for _ in range(rounds):
        for name, command in (("C++", [sys.argv[1]]), ("Java", java)):
            out = subprocess.run([*command, *models], check=True, capture_output=True, text=True).stdout
            figures[name].append(json.loads(out))
    worst = 0
    for what in ("classify_us", "token_us"):
        cpp, jvm = (statistics.median(f[what] for f in figures[name]) for name in ("C++", "Java"))
        print(f"{what:12} C++ {cpp:9.2f}  Java {jvm:9.2f}  difference {jvm - cpp:+8.2f}")
        worst = max(worst, jvm - cpp)
    return 1 if worst > LIMIT_US else 0


if __name__ == "__main__":
    sys.exit(main())
