#!/usr/bin/env python3
"""Fails if a C++ file differs from what clang-format makes of it.

Usage: check_format.py SOURCE_DIR CLANG_FORMAT
"""
import pathlib
import subprocess
import sys


def main():
    root, clang_format = pathlib.Path(sys.argv[1]), sys.argv[2]
    files = [str(p) for top in ("core", "tasks", "cpp_api", "jni", "tests") for p in sorted((root / top).rglob("*"))
             if p.suffix in (".h", ".cc")]
    result = subprocess.run([clang_format, "--dry-run", "--Werror", *files], capture_output=True, text=True)
    if result.returncode:
        print(result.stderr)
        print("Apply it with: clang-format -i FILE...")
        return 1
    print(f"{len(files)} files are formatted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
