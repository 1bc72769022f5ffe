#!/usr/bin/env python3
"""Holds the self-contained JNI libraries to what a JVM and a device need.

Usage: check_library.py READELF LIBRARY_OR_FOLDER...

For each library, given or found below a folder: the machine that its folder names, segments 16 KiB apart, no needed library but the C
library's own, no exported symbol but the JVM's entry points, no executable stack, no relocations in
code, no symbols or debug data left, and no glibc newer than the pinned one. Exits with 77 (skipped)
without a library.
"""
import pathlib
import re
import subprocess
import sys

MACHINES = {  # folder -> what readelf calls it
    "linux-x86_64": "Advanced Micro Devices X86-64",
    "linux-aarch64": "AArch64",
    "x86_64": "Advanced Micro Devices X86-64",
    "arm64-v8a": "AArch64",
    "armeabi-v7a": "ARM",
}
NEEDED = re.compile(r"lib[cm]\.so(\.6)?|ld-linux-(x86-64\.so\.2|aarch64\.so\.1)|lib(dl|log)\.so")
EXPORTS = re.compile(r"JNI_OnLoad|JNI_OnUnload|Java_\w+")
PAGE = 16384
# Raising it shuts out older systems, so it is a decision, not an accident.
NEWEST_GLIBC = (2, 35)  # Ubuntu 22.04; the compiler's own runtime asks for it
SKIPPED = 77


class Elf:
    """What readelf says of one file."""

    def __init__(self, readelf, path):
        def run(*flags):
            return subprocess.run([readelf, "--wide", *flags, str(path)], check=True, capture_output=True,
                                  text=True).stdout
        self.machine = re.search(r"Machine:\s+(.*)", run("--file-header")).group(1).strip()
        segments = run("--program-headers")
        self.alignments = [int(line.split()[-1], 16) for line in segments.splitlines()
                           if line.split()[:1] == ["LOAD"]]
        stack = re.search(r"GNU_STACK.* (R\w?E?) +0x", segments)
        self.executable_stack = stack is None or "E" in stack.group(1)
        dynamic = run("--dynamic")
        self.needed = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
        self.text_relocations = "TEXTREL" in dynamic
        symbols = [line.split() for line in run("--dyn-syms").splitlines()]
        self.exports = [row[7].split("@")[0] for row in symbols
                        if len(row) > 7 and row[4] in ("GLOBAL", "WEAK") and row[6] != "UND"]
        self.glibc = sorted({tuple(map(int, version.split(".")))
                             for version in re.findall(r"Name: GLIBC_([\d.]+)", run("--version-info"))})
        self.leftovers = re.findall(r" (\.symtab|\.debug_\w+) ", run("--sections"))


def faults(elf, folder):
    """One sentence for each rule that the library breaks."""
    expected = MACHINES.get(folder)
    if elf.machine != expected:
        yield f"is for {elf.machine}, expected {expected} in a folder named {folder}"
    narrow = [a for a in elf.alignments if a < PAGE]
    if narrow or not elf.alignments:
        yield f"has LOAD segments aligned to {elf.alignments}, expected at least {PAGE} each"
    strangers = [name for name in elf.needed if not NEEDED.fullmatch(name)]
    if strangers:
        yield f"needs {', '.join(strangers)}, which a machine may not have"
    foreign = [name for name in elf.exports if not EXPORTS.fullmatch(name)]
    if foreign:
        yield f"exports {len(foreign)} symbols beside the JVM's entry points, such as {foreign[0]}"
    if "JNI_OnLoad" not in elf.exports:
        yield "does not export JNI_OnLoad"
    if elf.executable_stack:
        yield "asks for an executable stack"
    if elf.text_relocations:
        yield "has relocations in its code: something in it was compiled without -fPIC"
    if elf.leftovers:
        yield f"is not stripped: it has {', '.join(sorted(set(elf.leftovers)))}"
    if elf.glibc and elf.glibc[-1] > NEWEST_GLIBC:
        yield (f"needs GLIBC_{'.'.join(map(str, elf.glibc[-1]))}, newer than the pinned "
               f"{'.'.join(map(str, NEWEST_GLIBC))}")


def main():
    readelf, paths = sys.argv[1], []
    for argument in map(pathlib.Path, sys.argv[2:]):
        paths += [argument] if argument.is_file() else sorted(argument.glob("*/*.so"))
    failed = False
    for path in paths:
        elf = Elf(readelf, path)
        glibc = ".".join(map(str, elf.glibc[-1])) if elf.glibc else "none"
        print(f"{path}: {path.stat().st_size} bytes, {elf.machine}, needs {' '.join(elf.needed)}, "
              f"glibc {glibc}, exports {' '.join(elf.exports)}")
        for fault in faults(elf, path.parent.name):
            print(f"{path} {fault}")
            failed = True
    if not paths:
        print(f"No library is in {' '.join(sys.argv[2:])}: jni/build.sh makes them")
        return SKIPPED
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
