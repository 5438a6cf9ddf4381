#!/usr/bin/python3
"""Writes small ONNX models and, beside each, what every one of its nodes computes.

Needs Debian's python3-torch, python3-onnx and python3-numpy, and for the second form python3-torchvision:

    models.py                          Models/NAME.onnx and Models/NAME.safetensors, which are committed
    models.py torchvision FOLDER NAME [OPSET [SIDE]]
                                       torchvision's network of that name with random weights, exported by torch; with
                                       DREAMFARM_ONNX_MODELS=FOLDER the tests compare everything that was put there

The graphs are computed node by node in float64 by the few lines of `run` below, which know nothing of DreamFarm; of an
exported network its last value is compared with what torchvision's module gives. A .safetensors holds `canvas` [3, H, W]
in whole numbers k, meaning k / 32767, and a tensor for each node: its values; for nodes of a head that is applied densely,
`mean/NODE`, of which only the mean over all cells is the same (and nothing for those behind something that is not linear).
"""
import json
import os
import struct
import sys
import warnings

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
SCALES = {
    "imagenet": lambda c: ((c + 1) / 2 - torch.tensor([.485, .456, .406]).view(1, 3, 1, 1)) / torch.tensor([.229, .224, .225]).view(1, 3, 1, 1),
    "canvas": lambda c: c,
    "unit": lambda c: (c + 1) / 2,
    "bytes": lambda c: (c + 1) / 2 * 255,
    "caffe": lambda c: ((c + 1) / 2 * 255).flip(1) - torch.tensor([104., 117., 123.]).view(1, 3, 1, 1),
}


# ---- What nodes compute.

def pads_of(a, x, kernel, strides, dilations):
    auto = a.get("auto_pad", b"NOTSET").decode()
    if auto in ("NOTSET", "VALID"):
        return [0] * 4 if auto == "VALID" else list(a.get("pads", [0] * 4))
    begin, end = [], []
    for n, k, s, d in zip(x.shape[2:], kernel, strides, dilations):
        total = max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
        less, more = total // 2, total - total // 2
        begin.append(less if auto == "SAME_UPPER" else more)
        end.append(more if auto == "SAME_UPPER" else less)
    return begin + end


def padded(x, p, value):
    return F.pad(x, [p[1], p[3], p[0], p[2]], value=value)


def pool(a, x, kind):
    k = a["kernel_shape"]
    s = a.get("strides", [1, 1])
    p = pads_of(a, x, k, s, [1, 1])
    ceil = a.get("ceil_mode", 0)
    extra = [0, 0]
    if ceil:  # Room for a last rectangle that begins on the map or before it.
        for i in range(2):
            n = x.shape[2 + i] + p[i] + p[i + 2]
            out = -(-(n - k[i]) // s[i]) + 1
            if (out - 1) * s[i] >= x.shape[2 + i] + p[i]:
                out -= 1
            extra[i] = max((out - 1) * s[i] + k[i] - n, 0)
    whole = [p[0], p[1], p[2] + extra[0], p[3] + extra[1]]
    if kind == "max":
        return F.max_pool2d(padded(x, whole, -np.inf), k, s)
    sums = F.avg_pool2d(padded(x, whole, 0), k, s, divisor_override=1)
    ones = torch.ones_like(x[:, :1])
    counted = padded(padded(ones, p, 1.), [0, 0, *extra], 0) if a.get("count_include_pad", 0) else padded(ones, whole, 0)
    return sums / F.avg_pool2d(counted, k, s, divisor_override=1)


def channelwise(t, x):
    return t.view(1, -1, *[1] * (x.dim() - 2))


def softmax(a, x, opset):
    if opset >= 13:
        return x.softmax(a.get("axis", -1))
    axis = a.get("axis", 1) % x.dim()
    return x.flatten(axis).softmax(-1).view(x.shape)


def reshape(x, shape):
    return x.reshape([x.shape[i] if n == 0 else int(n) for i, n in enumerate(shape)])


def attributes(node):
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def compute(node, opset, x):
    """x: the node's inputs."""
    a, op = attributes(node), node.op_type
    axes = a.get("axes")
    if axes is None and len(x) > 1 and op in ("ReduceMean", "Squeeze", "Unsqueeze"):
        axes = [int(i) for i in x[1]]
    if op == "Conv":
        s, d, k = a.get("strides", [1, 1]), a.get("dilations", [1, 1]), x[1].shape[2:]
        return F.conv2d(padded(x[0], pads_of(a, x[0], k, s, d), 0.), x[1], x[2] if len(x) > 2 else None, s, 0, d, a.get("group", 1))
    if op == "Gemm":
        b = x[1].T if a.get("transB") else x[1]
        return a.get("alpha", 1.) * (x[0] @ b) + (a.get("beta", 1.) * x[2] if len(x) > 2 else 0)
    if op == "BatchNormalization":
        scale, shift, mean, variance = [channelwise(t, x[0]) for t in x[1:5]]
        return (x[0] - mean) / torch.sqrt(variance + a.get("epsilon", 1e-5)) * scale + shift
    if op == "LRN":
        n = a["size"]
        around = F.pad(x[0] ** 2, [0, 0, 0, 0, (n - 1) // 2, n // 2]).unfold(1, n, 1).sum(-1)
        return x[0] / (a.get("bias", 1.) + a.get("alpha", 1e-4) / n * around) ** a.get("beta", .75)
    if op == "Clip":
        low = a.get("min", -3.4e38) if len(x) < 2 or x[1] is None else x[1]
        high = a.get("max", 3.4e38) if len(x) < 3 or x[2] is None else x[2]
        return x[0].clamp(float(low), float(high))
    if op == "Pad":
        p = [int(i) for i in (x[1] if len(x) > 1 else a["pads"])]
        dims = [int(i) for i in x[3]] if len(x) > 3 else list(range(4))
        whole = [0] * 8
        for i, d in enumerate(dims):
            whole[d % 4], whole[4 + d % 4] = p[i], p[i + len(dims)]
        flat = [n for d in (3, 2, 1, 0) for n in (whole[d], whole[4 + d])]
        return F.pad(x[0], flat, value=float(x[2]) if len(x) > 2 and x[2] is not None else a.get("value", 0.))
    if op == "Constant":
        return torch.from_numpy(np.array(numpy_helper.to_array(a["value"]) if "value" in a else next(iter(a.values()))))
    if op == "Cast":
        return x[0].double() if a["to"] in (1, 10, 11, 16) else x[0].long()
    if op == "Gather":
        return x[0][x[1].long()]
    if op == "Slice":
        return x[0][int(x[1][0] if len(x) > 1 else a["starts"][0]):int(x[2][0] if len(x) > 2 else a["ends"][0])]
    if op == "ReduceMean":
        return x[0].mean([i % x[0].dim() for i in axes], keepdim=bool(a.get("keepdims", 1)))
    if op == "Squeeze":
        return x[0].squeeze() if axes is None else x[0].reshape([n for i, n in enumerate(x[0].shape) if i not in [j % x[0].dim() for j in axes]])
    if op == "Unsqueeze":
        sides, shape = list(x[0].shape), []
        added = [j % (len(sides) + len(axes)) for j in axes]
        for i in range(len(sides) + len(axes)):
            shape.append(1 if i in added else sides.pop(0))
        return x[0].reshape(shape)
    return {
        "MatMul": lambda: x[0] @ x[1],
        "MaxPool": lambda: pool(a, x[0], "max"),
        "AveragePool": lambda: pool(a, x[0], "average"),
        "GlobalAveragePool": lambda: x[0].mean((2, 3), keepdim=True),
        "Relu": lambda: x[0].relu(),
        "LeakyRelu": lambda: F.leaky_relu(x[0], a.get("alpha", .01)),
        "Sigmoid": lambda: x[0].sigmoid(),
        "HardSigmoid": lambda: (a.get("alpha", .2) * x[0] + a.get("beta", .5)).clamp(0, 1),
        "HardSwish": lambda: x[0] * (x[0] / 6 + .5).clamp(0, 1),
        "Softmax": lambda: softmax(a, x[0], opset),
        "Add": lambda: x[0] + x[1],
        "Sum": lambda: sum(x),
        "Sub": lambda: x[0] - x[1],
        "Mul": lambda: x[0] * x[1],
        "Div": lambda: x[0] / x[1],
        "Concat": lambda: torch.cat(x, a["axis"]),
        "Identity": lambda: x[0],
        "Dropout": lambda: x[0],
        "Flatten": lambda: x[0].flatten(a.get("axis", 1)),
        "Reshape": lambda: reshape(x[0], x[1] if len(x) > 1 else a["shape"]),
        "Transpose": lambda: x[0].permute(a.get("perm", list(range(x[0].dim()))[::-1])),
        "Shape": lambda: torch.tensor(x[0].shape),
    }[op]()


def run(model, picture):
    """All values by name, float64."""
    opset = next(o.version for o in model.opset_import if o.domain == "")
    values = {t.name: torch.from_numpy(np.array(numpy_helper.to_array(t))) for t in model.graph.initializer}
    values = {name: v.double() if v.is_floating_point() else v for name, v in values.items()}
    values[next(i.name for i in model.graph.input if i.name not in values)] = picture
    for node in model.graph.node:
        values[node.output[0]] = compute(node, opset, [values[i] if i else None for i in node.input])
    return values


# ---- What is written.

LINEAR = {"Flatten", "Reshape", "Squeeze", "Dropout", "Identity", "Gemm", "MatMul", "Conv", "BatchNormalization", "Add", "Transpose"}
NAMELESS = {"Flatten", "Reshape", "Squeeze", "Unsqueeze", "Dropout", "Identity", "Transpose", "Constant", "Shape", "Gather", "Slice", "Cast"}


def goldens(model, canvas, head, names=None):
    """Tensors to be compared; head: whether the last pooling is that of a classifier."""
    scale = next((p.value for p in model.metadata_props if p.key == "dreamfarm.preprocessing"), "imagenet")
    picture = SCALES[scale](canvas[None].double() / 32767)
    sides = [d.dim_value for d in next(i for i in model.graph.input if i.name not in {t.name for t in model.graph.initializer}).type.tensor_type.shape.dim]
    last_first = sides[3] == 3
    values = run(model, picture.permute(0, 2, 3, 1) if last_first else picture)
    out = {"canvas": canvas.float()}
    poolings = [n for n in model.graph.node if n.op_type in ("GlobalAveragePool", "ReduceMean")]
    last = poolings[-1] if head and poolings else None
    dense, curved, layout = set(), set(), {}
    for i, node in enumerate(model.graph.node):
        name = names[i] if names else node.name
        y = values[node.output[0]]
        first = next((n for n in node.input if n in layout), None)
        layout[node.output[0]] = {"Transpose": lambda: not layout.get(first, last_first)}.get(node.op_type, lambda: layout.get(first, last_first))()
        if node is last:
            x = values[node.input[0]]
            if x.numel() > y.numel():
                dense.add(node.output[0])
            if name:
                out[name] = y.reshape(-1, 1, 1)
            continue
        behind = any(n in dense for n in node.input)
        if behind:
            dense.add(node.output[0])
        if any(n in curved for n in node.input) or (behind and node.op_type not in LINEAR):
            curved.add(node.output[0])
            continue
        unchanged = node.op_type == "Pad" and y.shape == values[node.input[0]].shape
        if unchanged or node.op_type in NAMELESS or not name or not y.is_floating_point():
            continue
        if behind:
            out[f"mean/{name}"] = y.reshape(-1, 1, 1)
        elif y.dim() == 2:
            out[name] = y.reshape(-1, 1, 1)
        elif y.dim() == 4:
            out[name] = (y.permute(0, 3, 1, 2) if layout[node.output[0]] else y)[0]
    return out, values


def write(path, tensors):
    header, blobs, at = {}, [], 0
    for name, t in tensors.items():
        blob = t.contiguous().float().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def canvas(height, width):
    random = np.random.RandomState(7)
    coarse = random.randint(-32767, 32768, (3, height // 4 + 1, width // 4 + 1)).repeat(4, 1).repeat(4, 2)[:, :height, :width]
    return torch.from_numpy((3 * coarse + random.randint(-32767, 32768, (3, height, width))) // 4)


# ---- Small models.

class Graph:
    """Nodes and constants in the order in which they are named."""

    def __init__(self, height, width, opset, scale=None, last=False, fixed=True):
        self.nodes, self.constants, self.opset, self.scale = [], [], opset, scale
        self.random, self.size, self.last, self.fixed = np.random.RandomState(opset), (height, width), last, fixed

    def constant(self, name, *shape, low=-1., high=1., kind=np.float32):
        self.constants.append(numpy_helper.from_array(self.random.uniform(low, high, shape).astype(kind), name))
        return name

    def kernel(self, name, out, each, rows, columns, kind=np.float32):
        bound = (3 / (each * rows * columns)) ** .5
        return self.constant(name, out, each, rows, columns, low=-bound, high=bound, kind=kind)

    def given(self, name, values, kind=np.float32):
        self.constants.append(numpy_helper.from_array(np.array(values, kind), name))
        return name

    def node(self, op, name, *inputs, outputs=None, **attributes):
        self.nodes.append(helper.make_node(op, inputs, outputs or [f"{name}_out"], name=name, **attributes))
        return (outputs or [f"{name}_out"])[0]

    def conv(self, name, x, out, each, rows, columns=None, bias=True, **attributes):
        w = self.kernel(f"{name}.w", out, each, rows, columns or rows)
        return self.node("Conv", name, x, w, *([self.constant(f"{name}.b", out)] if bias else []), **attributes)

    def norm(self, name, x, channels, **attributes):
        return self.node("BatchNormalization", name, x, self.constant(f"{name}.g", channels, low=.5, high=1.5), self.constant(f"{name}.s", channels),
                         self.constant(f"{name}.m", channels), self.constant(f"{name}.v", channels, low=.5, high=2), **attributes)

    def model(self, *outputs):
        h, w = self.size if self.fixed else ("H", "W")
        shape = ["N", h, w, 3] if self.last else ["N", 3, h, w]
        graph = helper.make_graph(
            self.nodes, "small", [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(o, TensorProto.FLOAT, ["N", "M"]) for o in outputs], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=7 if self.opset < 18 else 9)
        if self.scale:
            helper.set_model_props(model, {"dreamfarm.preprocessing": self.scale})
        if self.opset <= 17:
            onnx.checker.check_model(model)
        return model


def classic():
    """What networks had before 2015; opset 7, where dropout, softmax and clip are older than now."""
    g = Graph(32, 40, 7, scale="caffe", fixed=False)
    x = g.conv("conv1", "picture", 6, 3, 5, strides=[2, 2], pads=[2, 2, 2, 2])
    x = g.node("Mul", "small", x, g.given("hundredth", .01))
    x = g.node("Relu", "relu1", g.norm("norm1", x, 6, epsilon=1e-3))
    x = g.node("LRN", "lrn1", x, size=5, alpha=.1, beta=.75, bias=2.)
    x = g.node("MaxPool", "pool1", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    a = g.node("LeakyRelu", "leaky", g.conv("grouped", x, 4, 3, 3, group=2, pads=[1, 1, 1, 1]), alpha=.2)
    b = g.node("AveragePool", "mean", x, kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1])
    c = g.node("Clip", "clip", g.conv("tall", x, 3, 6, 3, 1, pads=[1, 0, 1, 0], bias=False), min=-.5, max=.5)
    x = g.node("Concat", "joined", a, b, c, axis=1)
    x = g.node("MaxPool", "pool2", x, kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 1, 1])
    x = g.node("Dropout", "dropout", x, ratio=.4)
    x = g.node("Flatten", "flatten", g.node("GlobalAveragePool", "pooled", x))
    x = g.node("Gemm", "logits", x, g.constant("fc.w", 7, 13), g.constant("fc.b", 7), transB=1)
    return g.model(g.node("Softmax", "classes", x)), canvas(32, 40), True


def mobile():
    """Squeeze and excitation, depthwise and dilated kernels, a sum with a shortcut; a head that is not linear, over a map of one cell."""
    g = Graph(32, 32, 11, scale="imagenet")
    x = g.conv("stem", "picture", 8, 3, 3, strides=[2, 2], pads=[1, 1, 1, 1], bias=False)
    x = g.node("Clip", "relu6", x, g.given("zero", 0), g.given("six", 6))
    y = g.conv("depthwise", x, 8, 1, 3, group=8, pads=[2, 2, 2, 2], dilations=[2, 2])
    s = g.node("GlobalAveragePool", "squeeze", y)
    s = g.node("Relu", "excite_relu", g.conv("excite1", s, 4, 8, 1))
    s = g.node("HardSigmoid", "gate", g.conv("excite2", s, 8, 4, 1), alpha=1 / 6)
    y = g.node("Mul", "gated", s, y)
    x = g.node("Add", "sum", x, y)
    x = g.node("Add", "plus3", x, g.given("three", 3))
    x = g.node("Mul", "scaled", x, g.constant("scales", 8, 1, 1))
    x = g.node("Div", "divided", g.node("Sub", "minus", g.given("one", [[[[1.]]]]), x), g.constant("divisors", 1, 8, 1, 1, low=1, high=2))
    x = g.node("Pad", "padded", x, g.given("pads", [0, 0, 1, 0, 0, 0, 0, 1], np.int64), g.given("pad_value", .5))
    x = g.conv("after_pad", x, 8, 8, 2, strides=[2, 2], pads=[0, 0, 0, 1])
    x = g.node("MaxPool", "pool_low", x, kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_LOWER")
    x = g.node("AveragePool", "average", x, kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1], count_include_pad=1)
    x = g.node("MaxPool", "last", x, kernel_shape=[2, 2], strides=[2, 2])
    x = g.node("Flatten", "flatten", g.node("GlobalAveragePool", "pooled", x))
    x = g.node("Gemm", "hidden", x, g.constant("h.w", 8, 6), g.constant("h.b", 1, 6), alpha=.5, beta=2.)
    x = g.node("Sigmoid", "bent", x)
    return g.model(g.node("Gemm", "logits", x, g.constant("fc.w", 5, 6), transB=1)), canvas(32, 32), True


def same():
    """Padding that follows from the map's size, and pooling that rounds up."""
    g = Graph(33, 38, 10, scale="unit")
    x = g.conv("upper", "picture", 5, 3, 3, strides=[2, 2], auto_pad="SAME_UPPER")
    x = g.conv("lower", x, 5, 5, 4, auto_pad="SAME_LOWER")
    x = g.node("Pad", "negative", x, pads=[0, 0, 0, -1, 0, 0, 2, 0], value=-.25)
    x = g.node("MaxPool", "ceil", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    x = g.conv("valid", x, 4, 5, 2, auto_pad="VALID", bias=False)
    x = g.node("Clip", "floor_only", x, min=0.)
    x = g.node("AveragePool", "ceil_mean", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    whole = g.node("AveragePool", "covering", x, kernel_shape=[4, 4])
    return g.model(g.node("Mul", "gated", x, whole), g.node("Softmax", "one_by_one", whole)), canvas(33, 38), False


def modern():
    """Opset 21: axes, pads and dropout's mode as inputs, softmax over one axis, a head without flattening."""
    g = Graph(24, 32, 21, scale="canvas")
    x = g.conv("stem", "picture", 6, 3, 3, strides=[2, 2], pads=[1, 1, 1, 1])
    x = g.node("HardSwish", "swish", g.norm("norm", x, 6, training_mode=0))
    x = g.node("Mul", "silu", x, g.node("Sigmoid", "sigmoid", x))
    x = g.node("Pad", "pad", x, g.given("pads", [1, 2, 0, 1], np.int64), "", g.given("axes", [-2, 3], np.int64))
    constant = helper.make_node("Constant", [], ["half"], name="", value_float=.5)
    g.nodes.append(constant)
    x = g.node("Add", "plus", x, "half")
    x = g.node("Dropout", "dropout", x, g.given("ratio", .5), g.given("training", False, np.bool_))
    p = g.node("Softmax", "per_cell", g.conv("wide", x, 6, 6, 1, 5, pads=[0, 2, 0, 2]), axis=1)
    x = g.node("Concat", "joined", x, p, axis=-3)
    x = g.node("ReduceMean", "pooled", x, g.given("over", [2, 3], np.int64), keepdims=0)
    x = g.node("MatMul", "product", x, g.constant("fc.w", 12, 9))
    return g.model(g.node("Add", "logits", x, g.constant("fc.b", 9))), canvas(24, 32), True


def last():
    """Channels last at both ends, as from TensorFlow; a map that is flattened in that order."""
    g = Graph(20, 16, 13, scale="bytes", last=True)
    x = g.node("Sub", "centred", "picture", g.constant("centre", 3, low=100, high=150))
    x = g.node("Transpose", "to_first", g.node("Mul", "small", x, g.given("factor", [.02])), perm=[0, 3, 1, 2])
    x = g.conv("conv", x, 5, 3, 3, strides=[2, 2], auto_pad="SAME_UPPER")
    x = g.node("MaxPool", "pool", g.node("Relu", "relu", x), kernel_shape=[2, 2], strides=[4, 4])
    x = g.node("Transpose", "to_last", x, perm=[0, 2, 3, 1])
    x = g.node("Add", "shifted", x, g.constant("shifts", 5))
    x = g.node("Reshape", "flat", x, g.given("shape", [-1, 30], np.int64))
    x = g.node("MatMul", "dense", x, g.constant("d.w", 30, 6))
    x = g.node("LeakyRelu", "bent", g.node("Add", "biased", x, g.constant("d.b", 6)))
    return g.model(g.node("Gemm", "logits", x, g.constant("fc.w", 6, 4), g.given("fc.b", .5))), canvas(20, 16), False


def flattened():
    """A map flattened by sums over its shape, as older versions of PyTorch write view(n, -1); a squeeze with Gemm and Unsqueeze."""
    g = Graph(16, 24, 9)
    x = g.node("Relu", "relu", g.conv("conv", "picture", 6, 3, 3, strides=[4, 4], pads=[1, 1, 1, 1]))
    s = g.node("Squeeze", "narrow", g.node("GlobalAveragePool", "squeeze", x), axes=[2, 3])
    s = g.node("Sigmoid", "gate", g.node("Gemm", "excite", s, g.constant("e.w", 6, 6), g.constant("e.b", 6), transB=1))
    x = g.node("Mul", "gated", x, g.node("Unsqueeze", "widen", s, axes=[2, 3]))
    shape = g.node("Shape", "shape", x)
    n = g.node("Gather", "n", shape, g.given("zero", 0, np.int64), axis=0)
    n = g.node("Unsqueeze", "n1", n, axes=[0])
    target = g.node("Concat", "target", n, g.given("rest", [-1], np.int64), axis=0)
    x = g.node("Reshape", "flat", x, target)
    return g.model(g.node("Gemm", "logits", x, g.constant("fc.w", 5, 144), g.constant("fc.b", 5), transB=1)), canvas(16, 24), False


def stored():
    """Numbers in every form that a file can have them in; nodes without names, with one name twice, and with names that the grammar does not have."""
    g = Graph(16, 16, 13)
    n = g.random

    def tensor(name, kind, shape, values, raw=False):
        g.constants.append(helper.make_tensor(name, kind, shape, values, raw=raw))
        return name
    floats = lambda *shape: n.uniform(-.5, .5, shape).astype(np.float32)
    x = g.node("Conv", "", "picture", tensor("a.w", TensorProto.FLOAT, [4, 3, 3, 3], floats(108)), tensor("a.b", TensorProto.DOUBLE, [4], n.uniform(-1, 1, 4)),
               outputs=["nameless"], pads=[1, 1, 1, 1])
    x = g.node("Conv", "twice", x, tensor("b.w", TensorProto.FLOAT16, [4, 4, 1, 1], floats(16).astype(np.float16).view(np.uint16).tobytes(), raw=True), outputs=["b"])
    x = g.node("Conv", "twice", x, tensor("c.w", TensorProto.FLOAT16, [4, 4, 1, 1], floats(16)), outputs=["second"])
    x = g.node("Conv", "a:b, (c)[d]@e", x, tensor("d.w", TensorProto.BFLOAT16, [4, 4, 1, 1], (floats(16).view(np.uint32) >> 16).astype(np.uint16).tobytes(), raw=True), outputs=["d"])
    w = g.constants[-1]
    x = g.node("Conv", "bfloat", x, tensor("e.w", TensorProto.BFLOAT16, [4, 4, 1, 1], floats(16)), outputs=["e"])
    x = g.node("Conv", "double", x, tensor("f.w", TensorProto.DOUBLE, [4, 4, 1, 1], n.uniform(-.5, .5, 16).tobytes(), raw=True), outputs=["f"])
    x = g.node("Conv", "shared", x, "c.w", outputs=["g"])
    x = g.node("Identity", "alias", x, outputs=["h"])
    x = g.node("Mul", "input", x, g.node("Identity", "copied", g.given("two", [2.])), outputs=["i"])
    names = ["nameless", "twice", "second", "a_b___c__d__e", "bfloat", "double", "shared", "alias", "copied", "i"]
    return g.model(x), canvas(16, 16), False, names


SMALL = [classic, mobile, same, modern, last, flattened, stored]


def small():
    folder = os.path.join(HERE, "Models")
    os.makedirs(folder, exist_ok=True)
    for make in SMALL:
        model, picture, head, *names = make()
        onnx.save(model, os.path.join(folder, f"{make.__name__}.onnx"))
        tensors, _ = goldens(model, picture, head, *names)
        write(os.path.join(folder, f"{make.__name__}.safetensors"), tensors)
        print(make.__name__, len(tensors) - 1, "nodes")


def torchvision(folder, name, opset=13, side=96):
    import torchvision.models as models
    torch.manual_seed(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        more = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {"init_weights": False} if name.startswith("inception") else {}
        net = getattr(models, name)(num_classes=20, **more).eval()
        for module in net.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.uniform_(-.2, .2)
                module.running_var.uniform_(.5, 1.5)
        path = os.path.join(folder, f"{name}.onnx")
        torch.onnx.export(net, torch.zeros(1, 3, side, side), path, opset_version=opset, do_constant_folding=True)
    model = onnx.load(path)
    picture = canvas(side, side)
    tensors, values = goldens(model, picture, True)
    with torch.no_grad():
        theirs = net.double()(SCALES["imagenet"](picture[None].double() / 32767))
    ours = values[model.graph.output[0].name]
    difference = ((ours - theirs).abs().max() / theirs.abs().max()).item()
    assert difference < 1e-5, f"{name}: the last node differs from the module by {difference}"
    write(os.path.join(folder, f"{name}.safetensors"), tensors)
    print(name, len(model.graph.node), "nodes,", len(tensors) - 1, "compared, operators", *sorted({n.op_type for n in model.graph.node}))


if __name__ == "__main__":
    with torch.no_grad():
        if sys.argv[1:2] == ["torchvision"]:
            torchvision(sys.argv[2], sys.argv[3], *map(int, sys.argv[4:]))
        else:
            small()
