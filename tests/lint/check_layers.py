#!/usr/bin/env python3
"""Holds every #include against the layers of the house.

A folder may include itself and what stands above it in the flow (core/DESIGN.md); third-party headers
stay in the folders that own them. Usage: check_layers.py SOURCE_DIR
"""
import pathlib
import re
import sys

# Folder -> folders that it may include, beside itself. Mirrors the DEPS of the CMake targets.
BASE = ["core/base"]
IR = BASE + ["core/ir"]
EXEC = IR + ["core/exec"]
MODEL = IR + ["core/model"]
ALLOWED = {
    "core/base": [],
    "core/ir": BASE,
    "core/model": IR,
    "core/graph": IR,
    "core/plan": IR,
    "core/kernels/ref": IR,
    "core/kernels/simd": BASE,
    "core/kernels/ops": IR + ["core/kernels", "core/kernels/ref", "core/kernels/simd"],
    "core/kernels": IR + ["core/kernels/ops", "core/kernels/simd"],
    "core/exec": IR + ["core/graph", "core/plan", "core/kernels"],
    "core/llm": EXEC,
    "core/text": BASE,
    "core/text/constraint": BASE + ["core/text"],
    "core/text/json": BASE,
    "core/text/template": BASE + ["core/text/json"],
    "core/text/tokenizer_json": BASE + ["core/text", "core/text/json"],
    "core/image": BASE + ["core/kernels/simd"],
    "tasks/components": EXEC + MODEL + ["core/image"],
    "tasks/llm_inference": EXEC + MODEL + ["core/llm", "core/text", "core/text/constraint",
                                            "core/text/template", "core/text/tokenizer_json",
                                            "tasks/components"],
    "tasks/image_classifier": EXEC + MODEL + ["core/image", "tasks/components"],
    "cpp_api/src": ["core/base", "tasks/components", "tasks/llm_inference",
                    "tasks/image_classifier"],
    "cpp_api/include": [],
    "cpp_api/cli": EXEC + MODEL + ["core/kernels", "tasks/components", "tasks/image_classifier",
                                   "tasks/llm_inference"],
    "cpp_api/examples": [],
    "jni": [],
}
# Third-party header -> the folders that may include it.
THIRD_PARTY = {
    r"flatbuffers/": ["core/model"],
    r"zip\.h|protozero/": ["core/model"],
    r"zlib\.h": ["core/base", "core/model"],
    r"sentencepiece": ["core/text"],
    r"pcre2|utf8proc": ["core/text/tokenizer_json"],
    r"nlohmann/": ["core/text/constraint", "core/text/json", "cpp_api/cli"],
    r"CLI/|editline/|png\.h|jpeglib\.h|stb": ["cpp_api/cli"],
    r"immintrin\.h|arm_neon\.h|cpuid\.h": ["core/kernels/simd", "core/base"],
    r"jni\.h": ["jni"],
    r"iostream|cstdio": ["cpp_api/cli", "cpp_api/examples"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.M)


def folder_of(path):
    """The longest folder of ALLOWED that holds path."""
    fits = [f for f in ALLOWED if path.startswith(f + "/")]
    return max(fits, key=len) if fits else None


def check_file(root, path, errors):
    name = path.relative_to(root).as_posix()
    folder = folder_of(name)
    if folder is None:
        errors.append(f"{name}: in no folder of the house (tests/lint/check_layers.py lists them)")
        return
    text = path.read_text(encoding="utf-8")
    for match in INCLUDE.finditer(text):
        header = match.group(2)
        line = text.count("\n", 0, match.start()) + 1
        target = folder_of(header)
        if header.startswith(("core/", "tasks/", "cpp_api/", "jni/")):
            if target != folder and target not in ALLOWED[folder]:
                errors.append(f"{name}:{line}: {folder} may not include {header}")
        for pattern, owners in THIRD_PARTY.items():
            if re.match(pattern, header) and not any(folder.startswith(o) for o in owners):
                errors.append(f"{name}:{line}: <{header}> belongs to {', '.join(owners)}")
    if path.suffix == ".h":
        guard = re.sub(r"[/.]", "_", name.replace("cpp_api/include/", "")).upper() + "_"
        if f"#ifndef {guard}\n#define {guard}\n" not in text:
            errors.append(f"{name}: expected the include guard {guard}")


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    errors = []
    files = [p for top in ("core", "tasks", "cpp_api", "jni") for p in sorted((root / top).rglob("*"))
             if p.suffix in (".h", ".cc", ".inc")]
    for path in files:
        check_file(root, path, errors)
    print("\n".join(errors) or f"{len(files)} files follow the layers")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
