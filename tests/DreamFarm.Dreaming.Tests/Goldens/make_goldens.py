#!/usr/bin/python3
"""Writes the golden files of PixelGoldensTests: gradients with the terms of pixels and with filters, evaluated by PyTorch in
float64 on the whole extended canvas at once. Run it in its folder; it needs python3-torch and python3-numpy.

Each NAME.npy is the gradient [3][H][W] as it comes out of the filter, float32; cases.txt has for each NAME the spec, the penalty,
the standard deviation, the mean magnitude, and the root mean squares of the pyramid's levels."""
import numpy as np
import torch
import torch.nn.functional as F

MASK = (1 << 64) - 1
EPSILON = 1 / 128


def mix(x):
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def field(h, w, value):
    """Rows of planes, as the code has them: value(i, row, plane, column) -> [1, 3, h, w]."""
    rows = [[[value((y * 3 + p) * w + x, y, p, x) for x in range(w)] for p in range(3)] for y in range(h)]
    return torch.tensor(rows, dtype=torch.float64).permute(1, 0, 2)[None]


def original(h, w):
    return field(h, w, lambda i, y, p, x: np.float32(mix(i) % 256) / np.float32(127.5) - np.float32(1))


def canvas(h, w):
    """Smooth here, rough there; k / 32767."""
    return field(h, w, lambda i, y, p, x: float(np.float32((x * 600 - y * 400 + p * 900 if (x // 5 + y // 7) % 2 else mix(i + 77) % 20001 - 10000)) / np.float32(32767)))


def merged(h, w):
    return field(h, w, lambda i, y, p, x: (mix(i + 1000003) % 512 - 256.0 + 16 * ((y * 7 + x * 3) % 64 - 24)) / 2 ** 20)


def outside(i, size, boundary):
    if boundary == "wrap":
        return i % size
    period = 2 * (size - 1)
    i = i % period
    return torch.where(i < size, i, period - i)


def extend(x, pad, boundary):
    h, w = x.shape[-2:]
    return x[:, :, outside(torch.arange(-pad, h + pad), h, boundary)][:, :, :, outside(torch.arange(-pad, w + pad), w, boundary)]


def variation(x, boundary):
    h, w = x.shape[-2:]
    right = x[:, :, :, outside(torch.arange(1, w + 1), w, boundary)] - x
    below = x[:, :, outside(torch.arange(1, h + 1), h, boundary)] - x
    return ((right ** 2 + below ** 2 + EPSILON ** 2).sqrt() - EPSILON).mean()


def distance(x, image):
    h, w = x.shape[-2:]
    smaller = h < image.shape[-2] or w < image.shape[-1]
    return ((x - F.interpolate(image, size=(h, w), mode="bilinear", align_corners=False, antialias=smaller)) ** 2).mean()


def gaussian(g, sigma, boundary):
    h, w = g.shape[-2:]
    reach = int(4 * sigma + 0.5)
    k = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, dtype=torch.float64) / sigma) ** 2)
    k = torch.outer(k, k) / k.sum() ** 2
    return F.conv2d(extend(g, reach, boundary), k[None, None].expand(3, 1, -1, -1), groups=3)


def laplacian(g, splits, boundary):
    """The notebook's lap_normalize, over the extended canvas; statistics of what stands on the canvas itself."""
    h, w = g.shape[-2:]
    k = torch.tensor([1.0, 4, 6, 4, 1], dtype=torch.float64)
    k = (torch.outer(k, k) / 256)[None, None].expand(3, 1, -1, -1).contiguous()
    unit = 2 ** splits
    pad = 8 * unit
    x = extend(g, pad, boundary)
    x = x[:, :, :x.shape[2] // unit * unit, :x.shape[3] // unit * unit]
    if x.shape[2] < pad + h + 4 * unit or x.shape[3] < pad + w + 4 * unit:
        raise ValueError("too little at the lower right")

    def wide(lo):
        return F.conv_transpose2d(lo, 4 * k, stride=2, padding=2, output_padding=1, groups=3)

    def on_canvas(level, at):
        first = pad >> at
        return level[:, :, first:first + (h + 2 ** at - 1) // 2 ** at, first:first + (w + 2 ** at - 1) // 2 ** at]

    levels = []
    for _ in range(splits):
        lo = F.conv2d(x, k, stride=2, padding=2, groups=3)
        levels.append(x - wide(lo))
        x = lo
    levels.append(x)
    scales = [on_canvas(level, at).square().mean().sqrt() for at, level in enumerate(levels)]
    levels = [level / scale for level, scale in zip(levels, scales)]
    x = levels[-1]
    for level in levels[-2::-1]:
        x = wide(x) + level
    return on_canvas(x, 0), scales


def main():
    lines = []
    for name, h, w, boundary, tv, dist, kind, parameter in [
        ("variation-wrap", 17, 23, "wrap", 0.3, 0, None, None),
        ("variation-reflect", 18, 16, "reflect", 0.3, 0, None, None),
        ("distance", 17, 23, "wrap", 0, 0.5, None, None),
        ("both-reflect", 19, 22, "reflect", 0.2, 0.5, None, None),
        ("gaussian-wrap", 37, 29, "wrap", 0, 0, "gaussian", 1.5),
        ("gaussian-reflect-small", 17, 23, "reflect", 0.2, 0.5, "gaussian", 8.0),
        ("laplacian-wrap", 37, 29, "wrap", 0, 0, "laplacian", 2),
        ("laplacian-reflect", 40, 32, "reflect", 0.2, 0.5, "laplacian", 3),
        ("laplacian-wrap-small", 17, 23, "wrap", 0.2, 0, "laplacian", 4),
        ("laplacian-reflect-small", 16, 19, "reflect", 0, 0, "laplacian", 5),
    ]:
        x = canvas(h, w).requires_grad_(True)
        penalty = tv * variation(x, boundary) + dist * distance(x, original(h * 3 // 2, w + 7))
        g = merged(h, w)
        if penalty.requires_grad:
            g = g - torch.autograd.grad(penalty, x)[0]
        scales = []
        if kind == "gaussian":
            g = gaussian(g, parameter, boundary)
        elif kind == "laplacian":
            g, scales = laplacian(g, parameter, boundary)
        np.save(name + ".npy", g[0].numpy().astype(np.float32))
        figures = [penalty.item(), g.std(unbiased=False).item(), g.abs().mean().item()] + [s.item() for s in scales]
        lines.append(" ".join([name, str(h), str(w), boundary, str(tv), str(dist), kind or "none", str(parameter or 0)] + ["%.12g" % f for f in figures]))
    with open("cases.txt", "w") as f:
        f.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
