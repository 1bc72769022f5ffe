#!/usr/bin/env python3
"""A camera's frame to a tensor: edgetasks_preprocess_bench and OpenCV's three steps in turns, on one thread each.

  python -m venv venv && venv/bin/pip install opencv-python-headless==4.10.0.84 "numpy<2.3"
  venv/bin/python tests/bench/compare_preprocess.py build/bench/tests/bench/edgetasks_preprocess_bench

OpenCV: cvtColor (NV21 to RGB) of the whole frame, resize (bilinear), then to float32 in [-1, 1]. Python has no
convertTo; numpy stands in for it, and its time is printed but not counted, so that the ratio errs on OpenCV's side.
Every buffer is made before. Prints the least of all rounds; exits with 1 unless a frame takes at most 0.5 ms and
OpenCV's two counted steps at least three times as long.
"""
import json
import subprocess
import sys
import time

import cv2
import numpy as np

TURNS, ROUNDS = 5, 60
WIDTH, HEIGHT, SIDE = 1920, 1080, 224


def opencv_ms(frame):
    rgb = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    small = np.empty((SIDE, SIDE, 3), np.uint8)
    tensor = np.empty((SIDE, SIDE, 3), np.float32)
    steps = [float("inf")] * 3
    best = float("inf")
    for _ in range(ROUNDS):
        t = [time.perf_counter()]
        cv2.cvtColor(frame, cv2.COLOR_YUV2RGB_NV21, rgb)
        t.append(time.perf_counter())
        cv2.resize(rgb, (SIDE, SIDE), small, interpolation=cv2.INTER_LINEAR)
        t.append(time.perf_counter())
        # What convertTo(tensor, CV_32F, 1 / 127.5, -1) computes.
        np.multiply(small, np.float32(1 / 127.5), out=tensor, dtype=np.float32)
        np.subtract(tensor, np.float32(1), out=tensor)
        t.append(time.perf_counter())
        steps = [min(s, 1e3 * (b - a)) for s, a, b in zip(steps, t, t[1:])]
        best = min(best, 1e3 * (t[-1] - t[0]))
    return best, steps


def main():
    cv2.setNumThreads(1)
    frame = np.random.default_rng(1).integers(0, 256, (HEIGHT * 3 // 2, WIDTH), np.uint8)
    theirs, steps, ours = float("inf"), [float("inf")] * 3, {}
    for _ in range(TURNS):
        out = subprocess.run([sys.argv[1], str(WIDTH), str(HEIGHT), str(SIDE), str(ROUNDS)], check=True,
                             capture_output=True, text=True).stdout
        for name, (least, _) in json.loads(out).items():
            ours[name] = min(ours.get(name, least), least)
        best, each = opencv_ms(frame)
        theirs, steps = min(theirs, best), [min(a, b) for a, b in zip(steps, each)]
    for name, least in ours.items():
        print(f"{name:24} {least:7.3f} ms")
    print(f"OpenCV {cv2.__version__} nv21_float32 {theirs:7.3f} ms (cvtColor {steps[0]:.3f}, resize {steps[1]:.3f}, "
          f"to float {steps[2]:.3f})")
    # The step to float is numpy's here: the comparison does not count it.
    ratio = (steps[0] + steps[1]) / ours["nv21_float32"]
    print(f"cvtColor + resize / ours: {ratio:.2f}")
    sys.exit(0 if ours["nv21_float32"] <= 0.5 and ratio >= 3 else 1)


if __name__ == "__main__":
    main()
