#!/usr/bin/env python3
"""One step's gradient in plain PyTorch by one of the schemes that people use.

Usage: torch_schemes.py SCHEME SIDE WEIGHTS THREADS [AT_MOST]. SCHEME is whole (the image in one piece), tutorial (TensorFlow's
tutorial: for every 512 tile the gradient of the whole image, added up) or overlap (512 tiles that overlap by half, without
context, averaged). SqueezeNet 1.0 to fire8, l2, random weights. Prints the seconds of AT_MOST tiles' work or of all of it, the tiles that
were computed, all tiles, and the peak memory in bytes.
"""
import resource
import sys
import time

import torch
from torchvision import models
from torchvision.models.feature_extraction import create_feature_extractor

scheme, side, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
at_most = int(sys.argv[4]) if len(sys.argv) > 4 else 1 << 30
TILE = 512
torch.set_num_threads(threads)
torch.manual_seed(0)
model = create_feature_extractor(models.squeezenet1_0().eval().requires_grad_(False), {"features.10.cat": "layer"})
image = torch.rand(1, 3, side, side) * 2 - 1


def gradient(piece, of):
    return torch.autograd.grad(model(piece)["layer"].square().mean(), of)[0]


def tiles(step):
    places = range(0, max(1, side - TILE + step), step)
    return [(min(y, side - TILE), min(x, side - TILE)) for y in places for x in places]


begin = time.perf_counter()
if scheme == "whole":
    places = [(0, 0)]
    x = image.clone().requires_grad_(True)
    gradient(x, x)
elif scheme == "tutorial":
    places = tiles(TILE)
    total = torch.zeros_like(image)
    for y, x in places[:at_most]:
        whole = image.clone().requires_grad_(True)
        total += gradient(whole[:, :, y:y + TILE, x:x + TILE], whole)
else:
    places = tiles(TILE // 2)
    total, count = torch.zeros_like(image), torch.zeros(1, 1, side, side)
    for y, x in places[:at_most]:
        tile = image[:, :, y:y + TILE, x:x + TILE].clone().requires_grad_(True)
        total[:, :, y:y + TILE, x:x + TILE] += gradient(tile, tile)
        count[:, :, y:y + TILE, x:x + TILE] += 1
print(time.perf_counter() - begin, min(at_most, len(places)), len(places), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
