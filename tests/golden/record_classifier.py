#!/usr/bin/env python3
"""Records what MediaPipe's ImageClassifier says of seeded pictures, and what it refuses.

classifier_cases_test.cc makes the same pictures and gives them to EdgeTasks.

  python -m venv venv && venv/bin/pip install mediapipe==1.2.2 ai-edge-litert==2.3.0 numpy==2.4.6 pillow==13.0.0
  EDGETASKS_TESTDATA=... venv/bin/python tests/golden/record_classifier.py > tests/golden/data/classifier_cases.json

Quantized networks: MediaPipe runs XNNPACK, which rounds other than TFLite's own kernels. Where a score hangs on such
roundings the two differ by more than the tolerance; so "tflite" tells what TFLite's reference kernels (of
ai-edge-litert) say of the same tensor, which tensor() makes of the picture.

The models and the photographs are those of EDGETASKS_TESTDATA/vision, and models/emoji. Pictures are not kept:
seeded_picture() makes them of the seed alone, and a checksum tells whether both sides made the same one.
"""
import json
import os
import pathlib
import sys
import zlib
from importlib.metadata import version

import numpy as np
from ai_edge_litert import interpreter as litert
from mediapipe.tasks.python.components.containers import rect
from mediapipe.tasks.python.core import base_options
from mediapipe.tasks.python.vision import image_classifier
from mediapipe.tasks.python.vision.core import image as mp_image
from mediapipe.tasks.python.vision.core import image_processing_options
from mediapipe.tasks.python.vision.core import vision_task_running_mode
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
VISION = pathlib.Path(os.environ.get("EDGETASKS_TESTDATA", ROOT.parent / "shared/testdata")) / "vision"
MODELS = ["mobilenet_v1_0.25_128_quant.tflite", "mobilenet_v2_1.0_224_quant.tflite", "mobilenet_v2_f32_meta.tflite",
          "tf2_mobilenet_v2_1.0_224_ptq.tflite", "emoji_f32.tflite"]
REFUSED_MODELS = ["mobilenet_v2_f32_nchw.tflite", "emoji_int8.tflite"]
PHOTOS = ["bird.bmp", "cat.bmp", "grace_hopper.bmp", "sunflower.bmp"]
FORMATS = {"rgb": (mp_image.ImageFormat.SRGB, 3), "rgba": (mp_image.ImageFormat.SRGBA, 4),
           "gray": (mp_image.ImageFormat.GRAY8, 1)}
CASES = 500
KEPT = 5  # categories of a case
RESOLVER = litert.OpResolverType.BUILTIN_REF
OPEN = []  # classifiers that failed: closing one of them waits forever


def model_path(name):
    folder = ROOT / "models/emoji" if name.startswith("emoji") else VISION / "models"
    return str(folder / name)


def mixed(seed, numbers):
    """A byte for each number: the finalizer of MurmurHash3 over seed and number, modulo 2^32."""
    h = (np.asarray(numbers, np.uint64) * np.uint64(0x9E3779B1) + np.uint64(seed)) & np.uint64(0xFFFFFFFF)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        h = ((h ^ (h >> np.uint64(shift))) * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    return (h >> np.uint64(24)).astype(np.uint8)


def seeded_picture(kind, seed, width, height, channels):
    """[height, width, channels]. Kinds: noise; blocks of one colour, eight across; or a photograph's name: its pixel
    at (x * its width // width, y * its height // height); of gray, its green; its alpha is noise."""
    x, y, c = np.arange(width), np.arange(height)[:, None], np.arange(channels)
    if kind == "noise":
        at = (y * width + x)[..., None] * channels + c
        return mixed(seed, at)
    if kind == "blocks":
        return mixed(seed, ((y * 8 // height) * 8 + x * 8 // width)[..., None] * channels + c)
    photo = np.asarray(Image.open(VISION / "images" / kind).convert("RGB"))
    sampled = photo[y * photo.shape[0] // height, x * photo.shape[1] // width]
    if channels == 1:
        return sampled[..., 1:2]
    if channels == 4:
        return np.concatenate([sampled, mixed(seed, y * width + x)[..., None]], -1)
    return sampled


def random_size(rng):
    kind = rng.integers(10)
    if kind == 0:
        return tuple(int(n) for n in rng.integers(1, 9, 2))
    if kind == 1:
        return int(rng.integers(1, 1200)), int(rng.integers(1, 30))
    if kind == 2:
        return int(rng.integers(1000, 4001)), int(rng.integers(800, 3001))
    return tuple(int(n) for n in rng.integers(9, 900, 2))


def random_region(rng):
    if rng.random() < 0.5:
        return None
    (left, right), (top, bottom) = (sorted(float(n) for n in rng.random(2).round(4)) for _ in range(2))
    return [left, top, right + 0.0001, bottom + 0.0001] if right < 0.9999 and bottom < 0.9999 else None


def random_options(rng, labels):
    options = {}
    if rng.random() < 0.6:
        options["max_results"] = int(rng.choice([1, 2, 3, 10, 2000]))
    if rng.random() < 0.3:
        options["score_threshold"] = float(rng.choice([0.0, 0.05, 0.2, 0.5, 0.9]))
    # Of classes with the same label ("crane") MediaPipe's lists mean only one.
    labels = [label for label in labels if labels.count(label) == 1]
    which = rng.integers(6)
    if which < 2:
        names = [labels[i] for i in rng.integers(0, len(labels), [2, 12][rng.integers(2)])]
        options["category_allowlist" if which else "category_denylist"] = names + ["no such class"]
    return options


def random_cases():
    rng = np.random.default_rng(7)
    imagenet = (VISION / "models/imagenet_labels.txt").read_text().splitlines()
    emoji = (ROOT / "models/emoji/labels.txt").read_text().splitlines()
    edges = [(1, 1), (4000, 3000), (1, 3000), (4000, 1), (2, 2), (224, 224), (128, 128)]
    for i in range(CASES):
        width, height = edges[i] if i < len(edges) else random_size(rng)
        kind = rng.choice(["noise", "blocks", *PHOTOS], p=[0.1, 0.3, *[0.15] * 4])
        yield {"model": MODELS[i % len(MODELS)], "kind": str(kind), "seed": i, "width": width, "height": height,
               "format": "rgba" if rng.random() < 0.3 else "rgb", "region": random_region(rng),
               "rotation": int(rng.choice([0, 0, 90, 180, 270, -90, 450])),
               "mode": str(rng.choice(["IMAGE", "VIDEO", "LIVE_STREAM"], p=[0.6, 0.3, 0.1])),
               "options": random_options(rng, emoji if "emoji" in MODELS[i % len(MODELS)] else imagenet)}


def refusals():
    """Cases that MediaPipe does not answer, and what EdgeTasks does: refuse as well, or answer."""
    base = {"model": MODELS[1], "kind": "cat.bmp", "seed": 1, "width": 60, "height": 40, "format": "rgb",
            "region": None, "rotation": 0, "mode": "IMAGE", "options": {}}
    for model in REFUSED_MODELS:
        yield {**base, "model": model, "lifted": True}
    for model in MODELS:
        yield {**base, "model": model, "format": "gray", "lifted": True}
    for change in ({"rotation": 45}, {"region": [0.6, 0.1, 0.4, 0.9]}, {"region": [0.1, 0.5, 0.4, 0.5]},
                   {"region": [0.0, 0.0, 1.1, 1.0]}, {"region": [-0.1, 0.0, 1.0, 1.0]},
                   {"options": {"max_results": 0}},
                   {"options": {"category_allowlist": ["a"], "category_denylist": ["b"]}}):
        yield {**base, **change, "lifted": False}


def tensor(pixels, region, degrees, width, height):
    """The uint8 tensor of a picture by the formula of core/image/sampling.h, which MediaPipe follows too, but for ties:
    positions in 1/32 of a pixel, blends rounded half up."""
    h, w = pixels.shape[:2]
    left, top, right, bottom = (float(np.float32(n)) for n in region or (0, 0, 1, 1))
    across, down = (right - left) * w, (bottom - top) * h
    if degrees % 180:
        across, down = down, across
    cos, sin = [(1, 0), (0, -1), (-1, 0), (0, 1)][degrees // 90 % 4]
    u, v = np.meshgrid((np.arange(width) / width - 0.5) * across, (np.arange(height) / height - 0.5) * down)
    x = np.rint(((left + right) / 2 * w + u * cos - v * sin) * 32).astype(int)
    y = np.rint(((top + bottom) / 2 * h + u * sin + v * cos) * 32).astype(int)
    at = lambda i, j: pixels[np.clip(j, 0, h - 1), np.clip(i, 0, w - 1), :3].astype(int)
    fx, fy, x, y = (x % 32)[..., None], (y % 32)[..., None], x // 32, y // 32
    upper = at(x, y) * (32 - fx) + at(x + 1, y) * fx
    lower = at(x, y + 1) * (32 - fx) + at(x + 1, y + 1) * fx
    return ((upper * (32 - fy) + lower * fy + 512) >> 10).astype(np.uint8)


def tflite_scores(case):
    """[classes], or None for a model that does not take bytes."""
    runner = litert.Interpreter(model_path(case["model"]),
                                experimental_op_resolver_type=RESOLVER)
    runner.allocate_tensors()
    taken, given = runner.get_input_details()[0], runner.get_output_details()[0]
    if taken["dtype"] != np.uint8:
        return None
    pixels = seeded_picture(case["kind"], case["seed"], case["width"], case["height"], FORMATS[case["format"]][1])
    _, height, width, _ = taken["shape"]
    runner.set_tensor(taken["index"], tensor(pixels, case["region"], case["rotation"], width, height)[None])
    runner.invoke()
    scale, zero_point = given["quantization"]
    return (runner.get_tensor(given["index"])[0].astype(np.float64) - zero_point) * scale


def classify(case):
    """Categories as [index, score] of one classification."""
    answers = []
    mode = vision_task_running_mode.VisionTaskRunningMode[case["mode"]]
    listener = (lambda result, image, time: answers.append(result)) if case["mode"] == "LIVE_STREAM" else None
    given = {"score_threshold": 0.0, **case["options"]}
    options = image_classifier.ImageClassifierOptions(
        base_options=base_options.BaseOptions(model_asset_path=model_path(case["model"])), running_mode=mode,
        result_callback=listener, **given)
    format, channels = FORMATS[case["format"]]
    pixels = seeded_picture(case["kind"], case["seed"], case["width"], case["height"], channels)
    case["crc32"] = zlib.crc32(np.ascontiguousarray(pixels).tobytes())
    region = case["region"]
    how = image_processing_options.ImageProcessingOptions(
        region_of_interest=region and rect.RectF(left=region[0], top=region[1], right=region[2], bottom=region[3]),
        rotation_degrees=case["rotation"])
    classifier = image_classifier.ImageClassifier.create_from_options(options)
    OPEN.append(classifier)
    image = mp_image.Image(format, np.ascontiguousarray(pixels[..., 0] if channels == 1 else pixels))
    if case["mode"] == "IMAGE":
        answers.append(classifier.classify(image, how))
    elif case["mode"] == "VIDEO":
        answers.append(classifier.classify_for_video(image, 5, how))
    else:
        classifier.classify_async(image, 5, how)
    OPEN.pop().close()
    assert len(answers) == 1 and len(answers[0].classifications) == 1
    return answers[0].classifications[0].categories


def recorded(case):
    try:
        categories = classify(case)
    except (ValueError, RuntimeError) as error:
        lines = str(error).strip().splitlines()
        return {**case, "refused": lines[0][:200] if lines else type(error).__name__}
    best = categories[:KEPT]
    tflite = tflite_scores(case)
    if tflite is not None:
        case["tflite"] = [round(float(tflite[c.index]), 6) for c in best]
    return {**case, "count": len(categories), "name": best[0].category_name if best else "",
            "categories": [[c.index, round(c.score, 6)] for c in best]}


def main():
    cases = [recorded(case) for case in random_cases()]
    refused = [case for case in cases if "refused" in case]
    for case in refused:
        print("refused:", case, file=sys.stderr)
    versions = {name: version(name) for name in ("mediapipe", "ai-edge-litert", "numpy", "pillow")}
    lines = {"cases": cases, "refusals": [recorded(case) for case in refusals()]}
    print("{" + f'"versions":{json.dumps(versions)}', end="")
    for name, rows in lines.items():
        print(f',\n"{name}":[\n' + ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows) + "]", end="")
    print("}", flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
