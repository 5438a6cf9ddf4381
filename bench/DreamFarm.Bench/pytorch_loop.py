#!/usr/bin/env python3
"""The rival: a plain PyTorch loop that computes the gradients of windows, one after the other.

Usage: pytorch_loop.py NETWORK WEIGHTS LAYERS HEIGHT WIDTH THREADS. Every line on standard input is a number of windows
to compute; the answer is the seconds they took. Frozen weights, batch of one, gradients of sum of squares over size.
"""
import json
import struct
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F


def read_safetensors(path):
    with open(path, "rb") as f:
        size, = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(size))
        data = f.read()
    types = {"F32": np.float32, "F16": np.float16}
    return {name: torch.from_numpy(np.frombuffer(data[t["data_offsets"][0]:t["data_offsets"][1]], types[t["dtype"]]).astype(np.float32)).view(t["shape"])
            for name, t in header.items() if name != "__metadata__"}


def squeezenet(w, x, wanted):
    def conv(x, name, **kw):
        return F.relu(F.conv2d(x, w[name + ".weight"], w[name + ".bias"], **kw))
    mean, std = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1), torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    x = F.max_pool2d(conv(((x + 1) / 2 - mean) / std, "features.0", stride=2), 3, 2, ceil_mode=True)
    out = []
    for n, i in {2: 3, 3: 4, 4: 5, 5: 7, 6: 8, 7: 9, 8: 10, 9: 12}.items():
        s = conv(x, f"features.{i}.squeeze")
        x = torch.cat([conv(s, f"features.{i}.expand1x1"), conv(s, f"features.{i}.expand3x3", padding=1)], 1)
        if f"fire{n}" in wanted:
            out.append(x)
        if len(out) == len(wanted):
            return out
        if n in (4, 8):
            x = F.max_pool2d(x, 3, 2, ceil_mode=True)


def motif(w, x, wanted):
    def conv(x, name, stride=1):
        k = w[name + ".weight"]
        return F.relu(F.conv2d(x, k, w[name + ".bias"], stride=stride, padding=k.shape[-1] // 2))
    x = conv(conv(F.max_pool2d(conv(x, "conv1", 2), 3, 2, 1), "conv2"), "conv3")
    out = []
    for n in ("3a", "3b", None, "4a", "4b", "4c", "4d", None, "5a", "5b"):
        if n is None:
            x = F.max_pool2d(x, 3, 2, 1)
            continue
        p = f"inception{n}."
        x = torch.cat([conv(x, p + "1x1"), conv(conv(x, p + "3x3_reduce"), p + "3x3"), conv(conv(x, p + "5x5_reduce"), p + "5x5"),
                       conv(F.max_pool2d(x, 3, 1, 1), p + "pool_proj")], 1)
        if n in wanted:
            out.append(x)
        if len(out) == len(wanted):
            return out


def main():
    network, weights, layers, height, width, threads = sys.argv[1], sys.argv[2], sys.argv[3].split(","), *map(int, sys.argv[4:7])
    torch.set_num_threads(threads)
    w = read_safetensors(weights)
    forward = {"squeezenet1_0": squeezenet, "motif": motif}[network]
    canvas = torch.rand(1, 3, height, width) * 2 - 1
    for line in sys.stdin:
        begin = time.perf_counter()
        for _ in range(int(line)):
            x = canvas.clone().requires_grad_(True)
            loss = sum((a * a).mean() for a in forward(w, x, layers))
            torch.autograd.grad(loss, x)
        print(time.perf_counter() - begin, flush=True)


main()
