#!/usr/bin/env python3
"""From a picture's pixels to its labels: EdgeTasks through C++ and Java, and MediaPipe, in turns.

  python -m venv venv && venv/bin/pip install mediapipe==1.2.2 numpy==2.4.6 pillow==13.0.0
  cmake --preset bench && cmake --build build/bench --target edgetasks_classify_bench
  jni/build.sh && (cd java && mvn package -DskipTests)
  EDGETASKS_TESTDATA=... venv/bin/python tests/bench/compare_classify.py build/bench/tests/bench/edgetasks_classify_bench

The picture is a photograph of 512 x 929 pixels, RGB, decoded before; the models are those of EDGETASKS_TESTDATA/vision.
Everybody runs with its default number of threads. Prints medians over all turns, and how many times as long MediaPipe
takes; exits with 1 unless that is at least 2 for each model, in C++ and in Java (left out where the jar is not built).
"""
import glob
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from mediapipe.tasks.python.core import base_options
from mediapipe.tasks.python.vision import image_classifier
from mediapipe.tasks.python.vision.core import image as mp_image
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
VISION = pathlib.Path(os.environ.get("EDGETASKS_TESTDATA", ROOT.parent / "shared/testdata")) / "vision"
MODELS = ["mobilenet_v1_0.25_128_quant.tflite", "mobilenet_v2_1.0_224_quant.tflite", "mobilenet_v2_f32_meta.tflite"]
PICTURE = "parrot.jpg"
TURNS, RUNS, WARM_UP = 5, 100, 10
WANTED = 2.0


def mediapipe_us(model, pixels):
    options = image_classifier.ImageClassifierOptions(
        base_options=base_options.BaseOptions(model_asset_path=str(model)))
    image = mp_image.Image(mp_image.ImageFormat.SRGB, pixels)
    times = []
    with image_classifier.ImageClassifier.create_from_options(options) as classifier:
        for i in range(WARM_UP + RUNS):
            start = time.perf_counter()
            classifier.classify(image)
            if i >= WARM_UP:
                times.append(1e6 * (time.perf_counter() - start))
    return times


def java_command():
    """Empty where the library or the jar is not built."""
    library = ROOT / "build/native/linux-x86_64"
    jars = [jar for jar in glob.glob(f"{ROOT}/java/edgetasks/target/edgetasks-*.jar") if "-sources" not in jar and
            "-javadoc" not in jar and "-tests" not in jar]
    if not jars or not library.exists():
        return []
    return ["java", f"-Dorg.edgetasks.library.path={library}", "-cp", ":".join(jars),
            str(ROOT / "tests/bench/ClassifyBench.java")]


def main():
    pixels = np.ascontiguousarray(np.asarray(Image.open(VISION / "images" / PICTURE).convert("RGB")))
    height, width = pixels.shape[:2]
    programs = {"C++": [sys.argv[1]]}
    if java_command():
        programs["Java"] = java_command()
    else:
        print("Java is left out: build/native or the jar is missing")
    good = True
    with tempfile.NamedTemporaryFile() as file:
        file.write(pixels.tobytes())
        file.flush()
        for name in MODELS:
            model = VISION / "models" / name
            times = {"MediaPipe": [], **{program: [] for program in programs}}
            for _ in range(TURNS):
                times["MediaPipe"] += mediapipe_us(model, pixels)
                for program, command in programs.items():
                    out = subprocess.run([*command, str(model), file.name, str(width), str(height), str(RUNS)],
                                         check=True, capture_output=True, text=True).stdout
                    times[program] += json.loads(out)
            medians = {who: statistics.median(each) for who, each in times.items()}
            ratios = {who: medians["MediaPipe"] / medians[who] for who in programs}
            print(f"{name:36} " + "  ".join(f"{who} {median / 1000:7.3f} ms" for who, median in medians.items()) +
                  "  " + "  ".join(f"{who} x{ratio:.2f}" for who, ratio in ratios.items()), flush=True)
            good = good and min(ratios.values()) >= WANTED
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
