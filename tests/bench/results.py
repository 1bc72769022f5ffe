#!/usr/bin/env python3
"""Runs the benchmarks and rewrites the tables of RESULTS.md, between its markers.

On a machine that does nothing else:

    cmake --preset bench && cmake --build --preset bench
    tests/bench/results.py build/bench

Models of the test data (EDGETASKS_TESTDATA) are measured where they are there. Figures are medians
of --rounds runs, each a process of its own; the spread is the greatest less the least, as a share of the median.
"""
import argparse
import datetime
import json
import lzma
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESULTS = HERE / "RESULTS.md"
# (file, prompt tokens, decoded tokens); below models/ or the test data.
LANGUAGE_MODELS = [
    ("story/story.task", 128, 128),
    ("story/story.litertlm", 128, 128),
    ("llm/stories260K/stories260K_tr_q8.litertlm", 128, 128),
    ("perf/smollm135m_q8.litertlm.xz", 16, 16),
    ("perf/smollm135m_q8.litertlm.xz", 512, 64),
    ("perf/smollm135m_q8.litertlm.xz", 880, 64),
    ("perf/smollm135m_q4_block32.litertlm.xz", 512, 64),
]
TABLES = ["language_models", "sessions", "classifiers", "kernels"]
CLASSIFIERS = [
    "emoji/emoji_int8.tflite",
    "emoji/emoji_f32.tflite",
    "vision/models/mobilenet_v1_0.25_128_quant.tflite",
    "vision/models/mobilenet_v2_1.0_224_quant.tflite",
    "vision/models/tf2_mobilenet_v2_1.0_224_ptq.tflite",
    "vision/models/mobilenet_v2_f32_meta.tflite",
]


def run_json(command):
    result = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}:\n{result.stderr}")
    return json.loads(result.stdout)


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "| --- |" + " ---: |" * (len(header) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


class Figures:
    """The values of one field over the rounds."""

    def __init__(self, values):
        self.median = statistics.median(values)
        self.spread = (max(values) - min(values)) / self.median if self.median else 0

    def __str__(self):
        return f"{number(self.median)} ±{self.spread * 50:.0f} %"


class Bench:
    def __init__(self, arguments, cache):
        self.build, self.rounds, self.cache = arguments.build.resolve(), arguments.rounds, cache
        self.command = self.build / "cpp_api/cli/edgetasks"
        self.threads = [1, len(os.sched_getaffinity(0))]
        if self.threads[1] == 1:
            self.threads.pop()

    def find(self, name):
        """The model's path, unpacked; None if the test data is absent."""
        for folder in (ROOT / "models", pathlib.Path(os.environ.get("EDGETASKS_TESTDATA", "/nonexistent"))):
            path = folder / name
            if not path.exists():
                continue
            if path.suffix != ".xz":
                return path
            unpacked = self.cache / path.stem
            if not unpacked.exists():
                with lzma.open(path) as packed, open(unpacked, "wb") as out:
                    shutil.copyfileobj(packed, out, 1 << 20)
            return unpacked
        print(f"{name}: not here, left out", file=sys.stderr)
        return None

    def measure(self, model, options, fields):
        """{field: Figures} of `edgetasks bench`."""
        runs = [run_json([self.command, "bench", model, *options, "--json"]) for _ in range(self.rounds)]
        return {field: Figures([run[field] for run in runs]) for field in fields}

    def machine(self):
        cpu = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
        emoji = ROOT / "models/emoji/emoji_int8.tflite"
        level = run_json([self.command, "inspect", "--plan", "--json", emoji])["cpu_level"]
        commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
        rows = [["processor", cpu.group(1).strip() if cpu else os.uname().machine],
                ["threads that it offers", str(self.threads[-1])],
                ["instruction set of the kernels", level],
                ["date", datetime.date.today().isoformat()],
                ["commit", commit.stdout.strip() or "unknown"]]
        for threads in self.threads:
            limits = run_json([self.command, "bench", emoji, "--runs", "1", "--threads", threads, "--profile",
                               "--json"])["profile"]["limits"]
            rows.append([f"limits, {threads} threads" if threads > 1 else "limits, 1 thread",
                         f"{limits['read_gb_per_s']:.1f} GB/s read, {limits['integer_gmac_per_s']:.0f} GMAC/s in 8-bit "
                         f"integers, {limits['float_gmac_per_s']:.0f} GMAC/s in floats"])
        return "\n".join(["| | |", "| --- | --- |"] + [f"| {name} | {value} |" for name, value in rows])

    def language_models(self):
        rows = []
        fields = ["prefill_tokens_per_s", "decode_tokens_per_s", "load_s", "peak_memory_bytes"]
        for name, prefill, decode in LANGUAGE_MODELS:
            model = self.find(name)
            for threads in self.threads if model else []:
                f = self.measure(model, ["--threads", threads, "--prefill", prefill, "--decode", decode], fields)
                rows.append([pathlib.Path(name).name.removesuffix(".xz"), str(threads), f"{prefill} + {decode}",
                             str(f["prefill_tokens_per_s"]), str(f["decode_tokens_per_s"]),
                             number(f["load_s"].median * 1000),
                             number(f["peak_memory_bytes"].median / 2**20)])
        return table(["model", "threads", "tokens", "prefill, tok/s", "decode, tok/s", "load, ms", "peak, MiB"], rows)

    def classifiers(self):
        rows = []
        for name in CLASSIFIERS:
            model = self.find(name)
            for threads in self.threads if model else []:
                f = self.measure(model, ["--threads", threads, "--runs", 100],
                                 ["latency_ms", "latency_min_ms", "peak_memory_bytes"])
                rows.append([pathlib.Path(name).name, str(threads), str(f["latency_ms"]),
                             number(f["latency_min_ms"].median), number(f["peak_memory_bytes"].median / 2**20)])
        return table(["model", "threads", "latency, ms", "least, ms", "peak, MiB"], rows)

    def sessions(self):
        rows = []
        for name in ("story/story.task", "perf/smollm135m_q8.litertlm.xz"):
            model = self.find(name)
            for threads in self.threads if model else []:
                f = run_json([self.build / "tests/bench/edgetasks_session_bench", model, threads, 4 * self.rounds + 1])
                rows.append([pathlib.Path(name).name.removesuffix(".xz"), str(threads),
                             *(f"{f[case + '_ms']:.4f}" for case in ("max_tokens_128", "max_tokens_1024", "one_session",
                                                                     "two_in_turn", "two_at_once"))])
        return table(["model", "threads", "max_tokens 128", "max_tokens 1024", "one session", "two in turn",
                      "two at once"], rows)

    def kernels(self):
        """The best level of each case, at one and all threads."""
        report = run_json([self.build / "tests/bench/edgetasks_kernel_bench", "--benchmark_format=json",
                           "--benchmark_min_time=0.05", f"--benchmark_repetitions={self.rounds}",
                           "--benchmark_report_aggregates_only=true"])
        cases = {}  # levels come best first
        for run in report["benchmarks"]:
            if run.get("aggregate_name") != "median" or run.get("error_occurred"):
                continue
            case, level, threads = re.match(r"(.*)/(\w+)/threads:(\d+)", run["run_name"]).groups()
            cases.setdefault(case, (level, {}))
            if cases[case][0] == level:
                cases[case][1][int(threads)] = run
        rows = []
        for case, (_, runs) in cases.items():
            row = [case]
            for threads in self.threads:
                run = runs.get(threads)
                row += [number(run["real_time"]) if run else "-",
                        *(number(run[c]) if run and run.get(c) else "-" for c in ("GB/s", "GMAC/s"))]
            rows.append(row)
        header = ["case"]
        for threads in self.threads:
            header += [f"µs, {threads} t", "GB/s", "GMAC/s"]
        return table(header, rows)


def replace(text, name, content):
    pattern = re.compile(rf"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)", re.S)
    if not pattern.search(text):
        sys.exit(f"{RESULTS.name}: no markers '<!-- begin {name} -->' and '<!-- end {name} -->'")
    return pattern.sub(lambda m: m.group(1) + content + "\n" + m.group(2), text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path, help="the folder of the bench preset")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=TABLES, action="append",
                        help="rewrite only these tables (and the machine's)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        bench = Bench(arguments, pathlib.Path(cache))
        text = RESULTS.read_text(encoding="utf-8")
        for name in ["machine"] + (arguments.only or TABLES):
            print(name, file=sys.stderr)
            text = replace(text, name, getattr(bench, name)())
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
