#!/usr/bin/env python3
"""Records what MediaPipe's ImageClassifier makes of metadata: score calibration and locales.

The model is MEAN over the pixels of a [1, 4, 4, 3] float input, so that three classes score as their
channels' means. MediaPipe's own metadata writer completes it; the file goes into the golden, in base64. Pictures are of
one colour each, so nothing but the metadata is tested. calibration_golden_test.cc reads it.

  python -m venv venv && venv/bin/pip install mediapipe==1.2.2 ai-edge-litert==2.3.0 numpy==2.4.6
  venv/bin/python tests/golden/record_calibration.py > tests/golden/data/calibration.json
"""
import base64
import json
import os
import sys
import types
from importlib.metadata import version

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from mediapipe.tasks.python.core import base_options
from mediapipe.tasks.python.vision import image_classifier
from mediapipe.tasks.python.vision.core import image as mp_image

# The wheel lacks the one native module of its metadata writer, which knows the version to ask readers for.
native = types.ModuleType("_pywrap_metadata_version")
native.GetMinimumMetadataParserVersion = lambda buffer: "1.3.0"
for name in ("cc", "cc.metadata", "cc.metadata.python"):
    sys.modules[f"mediapipe.tasks.{name}"] = types.ModuleType(name)
sys.modules["mediapipe.tasks.cc.metadata.python"]._pywrap_metadata_version = native
from mediapipe.tasks.python.metadata.metadata_writers import image_classifier as writer  # noqa: E402
from mediapipe.tasks.python.metadata.metadata_writers import metadata_writer  # noqa: E402

LABELS = {"en": ["red", "green", "blue"], "de": ["rot", "grün", "blau"]}
Parameter = metadata_writer.CalibrationParameter
# scale, slope, offset, min_score of each class; None: an empty line.
PARAMETERS = {
    "all": [Parameter(1.0, 4.0, -2.0), Parameter(0.9, -3.0, 0.5), Parameter(1.0, 0.7, 1.3)],
    "min_score": [Parameter(1.0, 4.0, -2.0, 0.5), None, Parameter(0.8, 2.0, 0.25, 0.1)],
}
COLORS = [(0, 0, 0), (255, 255, 255), (128, 64, 250), (1, 254, 127), (30, 90, 180), (200, 26, 25)]


def tensor(name, shape, kind, buffer=0):
    made = schema.TensorT()
    made.name, made.shape, made.type, made.buffer = name, shape, kind, buffer
    return made


def mean_model():
    op, code, graph, model = schema.OperatorT(), schema.OperatorCodeT(), schema.SubGraphT(), schema.ModelT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.MEAN
    code.version = 1
    op.inputs, op.outputs, op.opcodeIndex = [0, 1], [2], 0
    op.builtinOptionsType, op.builtinOptions = schema.BuiltinOptions.ReducerOptions, schema.ReducerOptionsT()
    graph.tensors = [tensor("image", [1, 4, 4, 3], schema.TensorType.FLOAT32),
                     tensor("axes", [2], schema.TensorType.INT32, 1),
                     tensor("means", [1, 3], schema.TensorType.FLOAT32)]
    graph.inputs, graph.outputs, graph.operators = [0], [2], [op]
    axes = schema.BufferT()
    axes.data = np.frombuffer(np.array([1, 2], np.int32).tobytes(), np.uint8)
    model.version, model.operatorCodes, model.subgraphs, model.buffers = 3, [code], [graph], [schema.BufferT(), axes]
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def write_calibration(made, parameters):
    """In place of the writer's own, which ends the last line: MediaPipe's task counts an empty one behind it."""
    path = os.path.join(made._temp_folder.name, "score_calibration.txt")
    numbers = [[] if p is None else [p.scale, p.slope, p.offset, p.min_score] for p in parameters]
    with open(path, "w") as file:
        file.write("\n".join(",".join(str(n) for n in line if n is not None) for line in numbers))
    made._associated_files.append(path)
    return path


def with_metadata(calibration):
    labels = metadata_writer.Labels()
    for locale, names in LABELS.items():
        labels.add(names, locale=locale)
    made = metadata_writer.MetadataWriter(bytearray(mean_model()))
    made.add_general_info("means", "of the channels")
    made.add_image_input([0.0], [255.0])
    made._export_calibration_file = lambda name, parameters: write_calibration(made, parameters)
    made.add_classification_output(labels, calibration, name="means")
    return writer.MetadataWriter(made).populate()[0]


def answers(model, locale):
    options = image_classifier.ImageClassifierOptions(
        base_options=base_options.BaseOptions(model_asset_buffer=bytes(model)), display_names_locale=locale,
        score_threshold=-1.0)
    for color in COLORS:
        pixels = np.full((5, 6, 3), color, np.uint8)
        with image_classifier.ImageClassifier.create_from_options(options) as classifier:
            result = classifier.classify(mp_image.Image(mp_image.ImageFormat.SRGB, pixels))
        yield {"color": color, "categories": [[c.index, c.score, c.category_name, c.display_name or ""]
                                              for c in result.classifications[0].categories]}


def main():
    cases = []
    for transformation in ("IDENTITY", "LOG", "INVERSE_LOGISTIC"):
        for name, parameters in PARAMETERS.items():
            kind = getattr(metadata_writer.ScoreCalibration.transformation_types, transformation)
            model = with_metadata(metadata_writer.ScoreCalibration(kind, parameters, default_score=0.2))
            for locale in ("de", "en"):
                cases.append({"transformation": transformation, "parameters": name, "locale": locale,
                              "model": base64.b64encode(model).decode(), "answers": list(answers(model, locale))})
    json.dump({"versions": {n: version(n) for n in ("mediapipe", "ai-edge-litert", "numpy")}, "cases": cases}, sys.stdout,
              separators=(",", ":"), ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
