#!/usr/bin/env python3
"""Records what OpenCV and Pillow make of small pictures: the references of core/image.

  resize   a picture turned (numpy.rot90), then resized to a tensor's size:
             bilinear  cv2.remap, INTER_LINEAR, BORDER_REPLICATE, at the positions of core/image/sampling.h
             area      cv2.resize, INTER_AREA
             bicubic   PIL.Image.resize, BICUBIC, box
           with the modes stretch, letterbox (PIL.ImageOps.pad) and center_crop (PIL.ImageOps.fit)
  yuv      planes of each format to RGB, by the formulas of ITU-R BT.601 and BT.709 in numpy's float64; those of
           BT.601 in video range are held against cv2.cvtColor here

Pictures are not kept: byte i is the high byte of state i + 1 of state = state * 1664525 + 1013904223 mod 2^32, from
the case's seed.

  python -m venv venv && venv/bin/pip install opencv-python-headless==4.10.0.84 pillow==11.0.0 "numpy<2.3"
  venv/bin/python tests/golden/record_resize.py > tests/golden/data/resize.json
"""
import base64
import json
import sys

import cv2
import numpy as np
import PIL
from PIL import Image, ImageOps


def noise(seed, count):
    state, out = seed, bytearray()
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        out.append(state >> 24)
    return np.frombuffer(bytes(out), np.uint8)


def coarse(picture):
    """Blocks of 4 x 4: what pictures are more like than noise."""
    return np.ascontiguousarray(np.kron(picture[::4, ::4], np.ones((4, 4, 1), np.uint8))[:picture.shape[0],
                                                                                       :picture.shape[1]])


def bilinear(picture, box, size):
    """The corner of a tensor pixel decides its place: no half-pixel shift."""
    left, top, right, bottom = box
    x = left + np.arange(size[0]) / size[0] * (right - left)
    y = top + np.arange(size[1]) / size[1] * (bottom - top)
    grid = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    return cv2.remap(picture, grid[0], grid[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def area(picture, box, size):
    left, top, right, bottom = (int(b) for b in box)
    assert (left, top, right, bottom) == tuple(box)
    return cv2.resize(picture[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)


def bicubic(picture, box, size):
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC, box))


FILTERS = {"bilinear": bilinear, "area": area, "bicubic": bicubic}


def fit_box(box, size):
    """The box that ImageOps.fit gives to resize."""
    seen = {}

    class Spy:
        size = (box[2] - box[0], box[3] - box[1])

        def resize(self, size, method, box):
            seen["box"] = box

    ImageOps.fit(Spy(), size, Image.Resampling.BICUBIC)
    b = seen["box"]
    return (box[0] + b[0], box[1] + b[1], box[0] + b[2], box[1] + b[3])


def letterbox(picture, box, size, resize):
    """ImageOps.pad of a blank picture of the box's size says what lies where; `resize` fills it."""
    mask = Image.new("L", (int(box[2] - box[0]), int(box[3] - box[1])), 255)
    filled = np.asarray(ImageOps.pad(mask, size, Image.Resampling.NEAREST, color=0)) > 0
    rows, columns = np.flatnonzero(filled.any(1)), np.flatnonzero(filled.any(0))
    inner = resize(picture, box, (len(columns), len(rows)))
    out = np.zeros((size[1], size[0], 3), np.uint8)
    out[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1] = inner
    return out


def turned_bilinear(picture, box, size, degrees):
    """As the formula says: the corner that decides is the tensor's, so turning the picture first would not do."""
    left, top, right, bottom = box
    w, h = right - left, bottom - top
    if degrees % 180:
        w, h = h, w
    a = -np.deg2rad(degrees)
    u, v = np.meshgrid((np.arange(size[0]) / size[0] - 0.5) * w, (np.arange(size[1]) / size[1] - 0.5) * h)
    # Rounded where cos and sin of quarter turns are off by 1e-17, so that ties in 1/32 stay ties.
    x = np.round((left + right) / 2 + u * np.cos(a) - v * np.sin(a), 6)
    y = np.round((top + bottom) / 2 + u * np.sin(a) + v * np.cos(a), 6)
    return cv2.remap(picture, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR,
                     borderMode=cv2.BORDER_REPLICATE)


def resize_case(filter_name, mode, width, height, size, box=None, degrees=0, blocks=False, seed=1):
    picture = noise(seed, width * height * 3).reshape(height, width, 3)
    if blocks:
        picture = coarse(picture)
    region = box or (0, 0, width, height)
    if filter_name == "bilinear" and degrees:
        assert mode == "stretch"
        out = turned_bilinear(picture, region, size, degrees)
    else:
        # Bicubic looks beyond the region, so the whole picture is turned, and the region with it.
        for _ in range(degrees // 90 % 4):
            picture = np.ascontiguousarray(np.rot90(picture, -1))
            w, h = picture.shape[1], picture.shape[0]
            region = (w - region[3], region[0], w - region[1], region[2])
        resize = FILTERS[filter_name]
        if mode == "letterbox":
            out = letterbox(picture, region, size, resize)
        elif mode == "center_crop":
            out = resize(picture, fit_box(region, size), size)
        else:
            out = resize(picture, region, size)
    return {"filter": filter_name, "mode": mode, "width": width, "height": height, "seed": seed, "blocks": blocks,
            "region": box, "rotation_degrees": degrees, "to": size, "rgb": base64.b64encode(out.tobytes()).decode()}


def resize_cases():
    for name in FILTERS:
        yield resize_case(name, "stretch", 61, 47, (16, 12))
        yield resize_case(name, "stretch", 61, 47, (16, 12), blocks=True)
        yield resize_case(name, "stretch", 64, 48, (16, 16))
        yield resize_case(name, "stretch", 9, 7, (23, 19))
        yield resize_case(name, "stretch", 1, 1, (5, 4))
        yield resize_case(name, "stretch", 17, 13, (17, 13))
        yield resize_case(name, "stretch", 64, 48, (13, 11), box=(16, 12, 48, 36))
        yield resize_case(name, "letterbox", 61, 47, (16, 16))
        yield resize_case(name, "letterbox", 20, 63, (16, 13))
        yield resize_case(name, "center_crop", 62, 40, (12, 12) if name == "area" else (13, 17))
        yield resize_case(name, "center_crop", 64, 48, (12, 12), box=(0, 12, 64, 36))
        for degrees in (90, 180, 270):
            yield resize_case(name, "stretch", 64, 48, (12, 11), degrees=degrees)
            yield resize_case(name, "stretch", 64, 48, (12, 11), degrees=degrees, box=(16, 12, 64, 36))


def to_rgb(y, u, v, matrix, video):
    kr, kb = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722)}[matrix]
    y, u, v = (p.astype(np.float64) for p in (y, u, v))
    luma = (y - 16) / 219 if video else y / 255
    scale = 224 if video else 255
    cb, cr = (u - 128) / scale, (v - 128) / scale
    red = luma + 2 * (1 - kr) * cr
    blue = luma + 2 * (1 - kb) * cb
    green = (luma - kr * red - kb * blue) / (1 - kr - kb)
    return np.clip(np.rint(np.stack([red, green, blue], -1) * 255), 0, 255).astype(np.uint8)


def yuv_case(width, height, matrix, video, seed):
    """One file of samples serves all formats: the test lays them out."""
    cw, ch = (width + 1) // 2, (height + 1) // 2
    data = noise(seed, width * height + 2 * cw * ch)
    y = data[:width * height].reshape(height, width)
    u = data[width * height:][:cw * ch].reshape(ch, cw)
    v = data[width * height + cw * ch:].reshape(ch, cw)
    covers = lambda p: p.repeat(2, 0).repeat(2, 1)[:height, :width]
    rgb = to_rgb(y, covers(u), covers(v), matrix, video)
    if matrix == "bt601" and video and width % 2 == 0 and height % 2 == 0:
        nv21 = np.concatenate([y, np.stack([v, u], -1).reshape(ch, width)])
        # OpenCV takes luma below black for black.
        off = np.abs(cv2.cvtColor(nv21, cv2.COLOR_YUV2RGB_NV21).astype(int) - rgb)[y >= 16].max()
        assert off <= 1, off
    return {"width": width, "height": height, "matrix": matrix, "range": "video" if video else "full", "seed": seed,
            "rgb": base64.b64encode(rgb.tobytes()).decode()}


def yuv_cases():
    for matrix in ("bt601", "bt709"):
        for video in (False, True):
            for seed, (width, height) in enumerate([(32, 18), (31, 17), (1, 1), (2, 5)], 7):
                yield yuv_case(width, height, matrix, video, seed)


def main():
    versions = {"opencv": cv2.__version__, "pillow": PIL.__version__, "numpy": np.__version__}
    text = json.dumps({"versions": versions, "resize": list(resize_cases()), "yuv": list(yuv_cases())},
                      separators=(",", ":"))
    sys.stdout.write(text.replace('{"filter"', '\n{"filter"').replace('{"width"', '\n{"width"') + "\n")


if __name__ == "__main__":
    main()
