#!/usr/bin/env python3
"""The rival: the plainest PyTorch loop over windows, one after the other, on torchvision's own modules.

Usage: torch_loop.py NETWORK LAYER WEIGHTS SIDE THREADS. Random weights are written to WEIGHTS (safetensors) unless the
file is there; then they are read. Every line on standard input is a number of windows to compute; the answer is the seconds that
they took on the clock and of processors. Frozen weights, a batch of one, gradients of the mean of squares.
"""
import json
import os
import struct
import sys
import time
import warnings

import numpy as np
import torch
import torch.nn.functional as F

TYPES = {"F32": np.float32, "F16": np.float16}


def read(path):
    with open(path, "rb") as f:
        size, = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(size))
        data = f.read()
    return {name: torch.from_numpy(np.frombuffer(data[t["data_offsets"][0]:t["data_offsets"][1]], TYPES[t["dtype"]]).astype(np.float32)).view(t["shape"])
            for name, t in header.items() if name != "__metadata__"}


def write(path, tensors):
    header, at = {}, 0
    for name, t in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [at, at + 4 * t.numel()]}
        at += 4 * t.numel()
    text = json.dumps(header).encode()
    with open(path + ".part", "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for t in tensors.values():
            f.write(t.contiguous().numpy().tobytes())
    os.rename(path + ".part", path)


def motif(path, layer):
    w = read(path)

    def conv(x, name, stride=1):
        k = w[name + ".weight"]
        return F.relu(F.conv2d(x, k, w[name + ".bias"], stride=stride, padding=k.shape[-1] // 2))

    def forward(x):
        x = conv(conv(F.max_pool2d(conv(x, "conv1", 2), 3, 2, 1), "conv2"), "conv3")
        for n in ("3a", "3b", None, "4a", "4b", "4c", "4d", None, "5a", "5b"):
            if n is None:
                x = F.max_pool2d(x, 3, 2, 1)
                continue
            p = f"inception{n}."
            x = torch.cat([conv(x, p + "1x1"), conv(conv(x, p + "3x3_reduce"), p + "3x3"), conv(conv(x, p + "5x5_reduce"), p + "5x5"),
                           conv(F.max_pool2d(x, 3, 1, 1), p + "pool_proj")], 1)
            if n == layer:
                return x
    return forward


def torchvision_model(network, path, layer):
    from torchvision import models
    from torchvision.models.feature_extraction import create_feature_extractor
    if network == "squeezenet1_0":
        model, node = models.squeezenet1_0(), f"features.{dict(zip(range(2, 10), (3, 4, 5, 7, 8, 9, 10, 12)))[int(layer[4:])]}.cat"
    elif network == "googlenet":
        model, node = models.googlenet(init_weights=False, transform_input=False, aux_logits=False), layer.replace("inception_", "inception") + ".cat"
    else:
        model, node = models.inception_v3(init_weights=False, transform_input=False), "Mixed_" + ["5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a", "7b", "7c"][int(layer[5:])] + ".cat"
    if os.path.exists(path):
        model.load_state_dict(read(path), strict=False)
    else:
        torch.manual_seed(0)
        for module in model.modules():
            if isinstance(module, torch.nn.Conv2d):
                torch.nn.init.kaiming_normal_(module.weight)
        write(path, {name: t for name, t in model.state_dict().items() if t.dtype == torch.float32})
    model = create_feature_extractor(model.eval().requires_grad_(False), {node: "layer"})
    if network != "squeezenet1_0":
        return lambda x: model(x)["layer"]
    mean, std = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1), torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    return lambda x: model(((x + 1) / 2 - mean) / std)["layer"]


def main():
    warnings.simplefilter("ignore")
    network, layer, path, side, threads = sys.argv[1], sys.argv[2], sys.argv[3], *map(int, sys.argv[4:6])
    torch.set_num_threads(threads)
    forward = motif(path, layer) if network == "motif" else torchvision_model(network, path, layer)
    print("ready", flush=True)
    canvas = torch.rand(1, 3, side, side) * 2 - 1
    for line in sys.stdin:
        begin, cpu = time.perf_counter(), time.process_time()
        for _ in range(int(line)):
            x = canvas.clone().requires_grad_(True)
            torch.autograd.grad(forward(x).square().mean(), x)
        print(time.perf_counter() - begin, time.process_time() - cpu, flush=True)


main()
