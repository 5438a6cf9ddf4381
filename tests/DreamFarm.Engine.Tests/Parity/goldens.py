#!/usr/bin/python3
"""Writes Goldens/NETWORK.safetensors: what torchvision computes for every network of the catalogue, in float64.

Needs Debian's python3-torch, python3-torchvision and python3-numpy. Run it where a network's file or the arithmetic of
RandomWeights.cs changes:

    tests/DreamFarm.Engine.Tests/Parity/goldens.py [NETWORK ...]

Weights and canvas come from SplitMix64, here and in RandomWeights.cs alike, so that neither has to be stored. For every
layer a golden holds one tensor: channels, rows, columns, mean, root mean square, then 64 activations from places that
follow from the layer's name. For every objective in GRADIENTS it holds `gradient/OBJECTIVE`: root mean square, then
4096 values of d objective / d canvas from places that follow from the objective's text. `size/layers` and `size/gradient`
are the canvases' rows and columns.
"""
import json
import os
import struct
import sys
import warnings

import numpy as np
import torch
import torch.nn.functional as F
import torchvision.models as models

CLASSES = 20
SAMPLES, GRADIENT_SAMPLES = 64, 4096
GAMMA = 0x9E3779B97F4A7C15


# ---- What RandomWeights.cs does too.

def mix(x):
    """SplitMix64 of an array of uint64."""
    x = x + np.uint64(GAMMA)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def numbers(name, count):
    """The first numbers of the stream called so, uint64."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    with np.errstate(over="ignore"):
        return mix(np.uint64(seed) + np.arange(count, dtype=np.uint64))


def weights(name, shape):
    """A tensor of weights that keeps the size of what goes through a network: He's for kernels, lively norms."""
    u = (numbers(name, int(np.prod(shape))) >> np.uint64(11)).astype(np.float64) * 2.0 ** -52 - 1
    if len(shape) > 1:
        u *= np.sqrt(6.0 / np.prod(shape[1:]))
    elif name.endswith("bn3.weight"):
        u = 0.4 + 0.1 * u  # The end of a residual branch: what is added to the shortcut must not double it.
    elif name.endswith(".weight"):
        u = 1 + 0.2 * u
    elif name.endswith(".running_var"):
        u = 1 + 0.5 * u
    elif name.endswith(".running_mean"):
        u = 0.2 * u
    else:
        u = 0.1 * u
    return torch.from_numpy(u.astype(np.float32).astype(np.float64)).view(tuple(shape))


def canvas(height, width):
    """[1, 3, H, W], blobs of 8 pixels with noise on them, on the grid k / 32767."""
    coarse = np.maximum((numbers("blobs", (height // 8 + 1) * (width // 8 + 1) * 3) >> np.uint64(48)).astype(np.int64) - 32768, -32767)
    coarse = coarse.reshape(height // 8 + 1, width // 8 + 1, 3)
    noise = np.maximum((numbers("noise", height * width * 3) >> np.uint64(48)).astype(np.int64) - 32768, -32767).reshape(height, width, 3)
    y, x = np.arange(height)[:, None, None], np.arange(width)[None, :, None]
    (j, fy), (i, fx) = (y // 8, y % 8), (x // 8, x % 8)
    at = lambda j, i: coarse[j[:, 0, 0]][:, i[0, :, 0]]
    blobs = (8 - fy) * ((8 - fx) * at(j, i) + fx * at(j, i + 1)) + fy * ((8 - fx) * at(j + 1, i) + fx * at(j + 1, i + 1))
    k = (3 * (blobs >> 6) + noise) >> 2
    return torch.from_numpy(k).permute(2, 0, 1)[None].double() / 32767


def places(name, count, length):
    """Where a tensor of that length, flattened, is looked at."""
    return (numbers(name, count) % np.uint64(length)).astype(np.int64)


# ---- Networks as functions from the canvas to their layers.

def float32(values):
    return torch.tensor(values, dtype=torch.float32).double().view(1, 3, 1, 1)


MEAN, STD = float32([0.485, 0.456, 0.406]), float32([0.229, 0.224, 0.225])


def imagenet(canvas):
    return ((canvas + 1) / 2 - MEAN) / STD


def as_it_is(canvas):
    return canvas


class Torchvision:
    """A model of torchvision's with random weights; its layers are outputs of its modules."""

    def __init__(self, make, preprocess, modules, **kwargs):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.model = make(num_classes=CLASSES, **kwargs).double().eval()
        self.model.load_state_dict({
            name: tensor if name.endswith("num_batches_tracked") else weights(name, tensor.shape)
            for name, tensor in self.model.state_dict().items()})
        for parameter in self.model.parameters():
            parameter.requires_grad_(False)
        self.preprocess, self.modules = preprocess, modules

    def run(self, canvas):
        """The activations of all layers by name, and the logits."""
        out, hooks, known = {}, [], dict(self.model.named_modules())

        def keep(name, function):
            # A ReLU in place may follow: what is kept is a copy.
            return lambda module, inputs, output: out.__setitem__(name, function(inputs[0], output).clone())
        for name, module in self.modules.items():
            path, function = module if isinstance(module, tuple) else (module, lambda x, y: y)
            hooks.append(known[path].register_forward_hook(keep(name, function)))
        logits = self.model(self.preprocess(canvas))
        for hook in hooks:
            hook.remove()
        return out, logits


def googlenet():
    branches = {"1x1": "branch1", "3x3_reduce": "branch2.0", "3x3": "branch2.1", "5x5_reduce": "branch3.0",
                "5x5": "branch3.1", "pool": "branch4.0", "pool_proj": "branch4.1"}
    modules = {name: name for name in ["conv1", "conv2", "conv3", "maxpool1", "maxpool2", "maxpool3", "maxpool4"]}
    for m in ["3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"]:
        modules[f"inception_{m}"] = f"inception{m}"
        modules.update({f"inception_{m}/{name}": f"inception{m}.{path}" for name, path in branches.items()})
    return headed(Torchvision(models.googlenet, as_it_is, modules, aux_logits=False, init_weights=False), "inception_5b")


def inception_v3():
    modules = {name: name for name in ["Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "maxpool1", "Conv2d_3b_1x1", "Conv2d_4a_3x3", "maxpool2"]}
    net = Torchvision(models.inception_v3, as_it_is, modules, aux_logits=True, init_weights=False)
    for i, m in enumerate(["5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a", "7b", "7c"]):
        path = f"Mixed_{m}"
        modules[f"mixed{i}"] = path
        for name, _ in getattr(net.model, path).named_children():
            modules[f"mixed{i}/{name}"] = f"{path}.{name}"
        pool = (lambda x, y: F.max_pool2d(x, 3, 2)) if m in ("6a", "7a") else (lambda x, y: F.avg_pool2d(x, 3, 1, 1))
        modules[f"mixed{i}/pool"] = (path, pool)
    return headed(net, "mixed10")


def headed(net, last):
    """torchvision applies `fc` to the mean over the map; applied at every cell, its mean over the map is the same."""
    plain = net.run

    def run(canvas):
        out, logits = plain(canvas)
        out["fc"] = F.conv2d(out[last], net.model.fc.weight[:, :, None, None], net.model.fc.bias)
        assert torch.allclose(out["fc"].mean((2, 3)), logits, rtol=1e-9), "the head does not commute with the mean"
        return out, logits
    net.run = run
    return net


def vgg(make, convolutions):
    modules, n = {}, 0
    for block, count in enumerate(convolutions, 1):
        for i in range(1, count + 1):
            modules[f"conv{block}_{i}"], modules[f"relu{block}_{i}"] = f"features.{n}", f"features.{n + 1}"
            n += 2
        modules[f"pool{block}"] = f"features.{n}"
        n += 1
    return Torchvision(make, imagenet, {**modules, **dense("classifier.", [0, 1, 3, 4, 6])})


def dense(prefix, numbers):
    """torchvision resizes the last map to what the first of these layers takes: nothing to do at 224 x 224."""
    return {name: (f"{prefix}{n}", lambda x, y: y[:, :, None, None]) for name, n in zip(["fc6", "relu6", "fc7", "relu7", "fc8"], numbers)}


def alexnet():
    names = ["conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "conv3", "relu3", "conv4", "relu4", "conv5", "relu5", "pool5"]
    return Torchvision(models.alexnet, imagenet, {**{name: f"features.{n}" for n, name in enumerate(names)}, **dense("classifier.", [1, 2, 4, 5, 6])})


def resnet(make, blocks):
    modules = {"conv1": "relu", "maxpool": "maxpool"}
    modules.update({f"layer{g}.{i}": f"layer{g}.{i}" for g, count in enumerate(blocks, 1) for i in range(count)})
    return headed(Torchvision(make, imagenet, modules), f"layer4.{blocks[3] - 1}")


def squeezenet(make, pooled):
    modules, n = {"conv1": "features.1", "pool1": "features.2", "conv10": "classifier.2"}, 3
    for fire in range(2, 10):
        modules[f"fire{fire}"] = f"features.{n}"
        modules.update({f"fire{fire}/{part}": f"features.{n}.{part}_activation" for part in ["squeeze", "expand1x1", "expand3x3"]})
        n += 1
        if fire in pooled:
            modules[f"pool{fire}"] = f"features.{n}"
            n += 1
    return Torchvision(make, imagenet, modules)


class BvlcGoogLeNet:
    """Caffe's GoogLeNet, which torchvision lacks: BGR in 0 .. 255 minus the mean, LRN, poolings that round up."""
    mean = float32([104 / 255, 117 / 255, 123 / 255])
    std = float32([1 / 255] * 3)
    widths = {"3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64), "4a": (192, 96, 208, 16, 48, 64),
              "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64), "4d": (112, 144, 288, 32, 64, 64),
              "4e": (256, 160, 320, 32, 128, 128), "5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128)}

    def run(self, canvas):
        out = {}

        def conv(x, name, channels, kernel, stride=1):
            w = weights(f"{name}.weight", (channels, x.shape[1], kernel, kernel))
            out[name] = F.relu(F.conv2d(x, w, weights(f"{name}.bias", (channels,)), stride, kernel // 2))
            return out[name]

        def keep(name, x):
            out[name] = x
            return x

        def lrn(name, x):
            # Across channels: x / (1 + alpha / 5 * sum of five squares) ^ beta.
            squares = F.pad(x * x, (0, 0, 0, 0, 2, 2))
            total = sum(squares[:, i:i + x.shape[1]] for i in range(5))
            return keep(name, x / (1 + 1e-4 / 5 * total) ** 0.75)

        def pool(name, x):
            return keep(name, F.max_pool2d(x, 3, 2, ceil_mode=True))

        def inception(x, m):
            n, (one, reduce3, three, reduce5, five, proj) = f"inception_{m}", self.widths[m]
            return keep(n, torch.cat([
                conv(x, f"{n}/1x1", one, 1),
                conv(conv(x, f"{n}/3x3_reduce", reduce3, 1), f"{n}/3x3", three, 3),
                conv(conv(x, f"{n}/5x5_reduce", reduce5, 1), f"{n}/5x5", five, 5),
                conv(keep(f"{n}/pool", F.max_pool2d(x, 3, 1, 1)), f"{n}/pool_proj", proj, 1)], 1))

        x = (((canvas + 1) / 2).flip(1) - self.mean) / self.std
        x = lrn("pool1/norm1", pool("pool1/3x3_s2", conv(x, "conv1/7x7_s2", 64, 7, 2)))
        x = pool("pool2/3x3_s2", lrn("conv2/norm2", conv(conv(x, "conv2/3x3_reduce", 64, 1), "conv2/3x3", 192, 3)))
        for m in self.widths:
            x = inception(x, m)
            if m in ("3b", "4e"):
                x = pool(f"pool{m[0]}/3x3_s2", x)
        x = keep("pool5/7x7_s1", F.avg_pool2d(x, 7, 1))
        w, b = weights("loss3/classifier.weight", (CLASSES, 1024)), weights("loss3/classifier.bias", (CLASSES,))
        out["loss3/classifier"] = F.conv2d(x, w[:, :, None, None], b)
        return out, None


# Name: how to make it, the canvas's size, and the size for gradients.
NETWORKS = {
    "alexnet": (alexnet, (224, 224), (128, 160)),
    "bvlc_googlenet": (BvlcGoogLeNet, (224, 256), (224, 224)),
    "googlenet": (googlenet, (96, 128), (96, 128)),
    "inception_v3": (inception_v3, (128, 160), (128, 160)),
    "resnet50": (lambda: resnet(models.resnet50, [3, 4, 6, 3]), (96, 128), (96, 128)),
    "resnet101": (lambda: resnet(models.resnet101, [3, 4, 23, 3]), (96, 128), (96, 128)),
    "squeezenet1_0": (lambda: squeezenet(models.squeezenet1_0, [4, 8]), (96, 128), (96, 128)),
    "squeezenet1_1": (lambda: squeezenet(models.squeezenet1_1, [3, 5]), (96, 128), (96, 128)),
    "vgg16": (lambda: vgg(models.vgg16, [2, 2, 3, 3, 3]), (224, 224), (64, 96)),
    "vgg19": (lambda: vgg(models.vgg19, [2, 2, 4, 4, 4]), (224, 224), (64, 96)),
}


def mean_over_canvas(activation, stride, size):
    """The mean as the farm takes it: over C x H/s x W/s cells of the canvas, whatever the map has at its edges."""
    return activation.sum() / (activation.shape[1] * (size[0] / stride) * (size[1] / stride))


def l2(layer, stride):
    return f"l2({layer}):1", lambda out, size: mean_over_canvas(out[layer] ** 2, stride, size)


def every_objective():
    """One of each kind, on squeezenet1_1. Places on the canvas are parts of its width and height."""
    cells = lambda stride, size: (size[0] / stride) * (size[1] / stride)

    def cell(a, stride, x, y, size):
        return a[0, :, int(y * size[0]) // stride, int(x * size[1]) // stride]

    def guide(a, name, chosen):
        """The mean over cells of the largest product with the features of one of the guide's 37 cells."""
        g = torch.from_numpy(((numbers(f"guide/{name}", 37 * a.shape[1]) >> np.uint64(40)).astype(np.float64) * 2.0 ** -24)).view(37, -1)
        return (a[0, chosen].flatten(1).T @ g[:, chosen].T).max(1).values.sum() / len(chosen)

    return [
        ("mean(fire6):1", lambda out, size: mean_over_canvas(out["fire6"], 16, size)),
        ("l2(fire9[3,40-44]):2", lambda out, size: 2 * mean_over_canvas(out["fire9"][:, [3, 40, 41, 42, 43, 44]] ** 2, 16, size)),
        ("mean(fire9[8@0.3/0.6]):1", lambda out, size: cell(out["fire9"], 16, 0.3, 0.6, size)[8]),
        ("mean(conv10[17]):1", lambda out, size: mean_over_canvas(out["conv10"][:, [17]], 16, size)),
        ("guide(fire6):1", lambda out, size: guide(out["fire6"], "fire6", range(384)) / cells(16, size)),
        ("l2(fire6):1,mean(fire6[1]):0.5,l2(fire9[9@0.8/0.1]):0.001,mean(conv10[17]):-2,guide(fire9[2-9]):0.25", lambda out, size:
            mean_over_canvas(out["fire6"] ** 2, 16, size) + 0.5 * mean_over_canvas(out["fire6"][:, [1]], 16, size)
            + 0.001 * cell(out["fire9"], 16, 0.8, 0.1, size)[9] ** 2 - 2 * mean_over_canvas(out["conv10"][:, [17]], 16, size)
            + 0.25 * guide(out["fire9"], "fire9", range(2, 10)) / cells(16, size)),
    ]


# Network: objectives by their canonical text, as functions of the layers and the canvas's size.
GRADIENTS = {
    "alexnet": [l2("relu5", 16)],
    "bvlc_googlenet": [l2("inception_5a", 32)],
    "googlenet": [l2("inception_5a", 32)],
    "inception_v3": [l2("mixed9", 32)],
    "resnet50": [l2("layer4.0", 32)],
    "resnet101": [l2("layer4.0", 32)],
    "squeezenet1_0": [l2("fire9", 16)],
    "squeezenet1_1": [l2("fire9", 16), *every_objective()],
    "vgg16": [l2("relu5_3", 16)],
    "vgg19": [l2("relu5_4", 16)],
}


def write(path, tensors):
    header, data = {}, b""
    for name, values in tensors.items():
        values = np.asarray(values, np.float32).tobytes()
        header[name] = {"dtype": "F32", "shape": [len(values) // 4], "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    header = json.dumps(header, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header + data)


def sampled(name, tensor, count):
    flat = tensor.detach().numpy().reshape(-1)
    return flat[places(name, count, len(flat))]


def golden(network):
    make, size, gradient_size = NETWORKS[network]
    net, tensors = make(), {"size/layers": size, "size/gradient": gradient_size}
    with torch.no_grad():
        for name, a in net.run(canvas(*size))[0].items():
            assert a.shape[0] == 1 and a.isfinite().all(), name
            tensors[name] = [*a.shape[1:], a.mean(), (a * a).mean().sqrt(), *sampled(name, a, SAMPLES)]
    for text, objective in GRADIENTS[network]:
        x = canvas(*gradient_size).requires_grad_(True)
        gradient, = torch.autograd.grad(objective(net.run(x)[0], gradient_size), x)
        assert gradient.abs().max() > 0, text
        tensors[f"gradient/{text}"] = [(gradient ** 2).mean().sqrt(), *sampled(text, gradient, GRADIENT_SAMPLES)]
    return tensors


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Goldens")
    for network in sys.argv[1:] or NETWORKS:
        path = os.path.join(folder, f"{network}.safetensors")
        write(path, golden(network))
        print(f"{network}: {os.path.getsize(path)} bytes")


if __name__ == "__main__":
    main()
