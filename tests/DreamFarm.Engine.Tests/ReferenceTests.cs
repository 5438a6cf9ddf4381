using System.Globalization;
using System.Runtime.InteropServices;
using DreamFarm.Networks;

namespace DreamFarm.Engine.Tests;

/// <summary>The engine against the reference script and against PyTorch's own arithmetic.</summary>
public sealed class ReferenceTests
{
    [Theory]
    [InlineData(ObjectiveKind.L2, 0, 0)]
    [InlineData(ObjectiveKind.L2, 37, 75)]
    [InlineData(ObjectiveKind.Mean, 5, 11)]
    public async Task One_window_has_the_gradient_and_the_loss_of_the_reference(ObjectiveKind kind, int dy, int dx)
    {
        Shared.SkipUnlessThere();
        const int Height = 97, Width = 130;
        string folder = Directory.CreateTempSubdirectory("dreamfarm-").FullName;
        try
        {
            string printed = await Shared.PythonAsync(
                """
                import sys
                reference, weights, image, folder, kind, h, w, dy, dx = sys.argv[1:]
                sys.path.insert(0, reference)
                import numpy as np
                import dream_reference as r
                canvas = r.on_grid(r.load_image(image)[:, 100:100 + int(h), 200:200 + int(w)])
                net = r.SqueezeNet(r.read_safetensors(weights))
                g, loss = r.gradient(net, canvas, {"fire6": 1.0, "fire8": 0.5}, kind, "wrap", int(dy), int(dx))
                (canvas * 32767).round().short().permute(1, 0, 2).contiguous().numpy().tofile(folder + "/canvas")
                g.permute(1, 0, 2).contiguous().numpy().tofile(folder + "/gradient")
                print(repr(loss))
                """,
                Shared.Reference, Shared.SqueezeNet, Shared.Sky, folder, kind == ObjectiveKind.L2 ? "l2" : "mean", $"{Height}", $"{Width}", $"{dy}", $"{dx}");

            Scene scene = Scene.FromBytes(Height, Width, File.ReadAllBytes(Path.Combine(folder, "canvas")));
            using GradientEngine engine = Make.SqueezeNet();
            OctaveObjective objective = Make.Objective(engine, Height, Width, kind, ("fire6", 1), ("fire8", 0.5));
            Computed computed = await scene.WholeAsync(engine, objective, objective.Evaluation.ExactContext, dy, dx);

            double loss = double.Parse(printed, CultureInfo.InvariantCulture);
            Assert.Equal(1, computed.Result.Loss / loss, 1e-5);
            double error = Computed.RelativeError(computed.Gradient, ReadSingles(Path.Combine(folder, "gradient")));
            TestContext.Current.TestOutputHelper?.WriteLine($"relative L2 {error}, loss {computed.Result.Loss / loss - 1}");
            Assert.InRange(error, 0, 5e-3);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("3a")]
    [InlineData("5b")]
    public async Task The_motif_network_computes_what_its_table_says_and_float16_rounds_by_2e_4(string layer)
    {
        // In double precision on both sides no gate flips, so that all that is left is the core's rounding.
        const int Size = 112;
        string folder = Directory.CreateTempSubdirectory("dreamfarm-").FullName;
        try
        {
            using GradientEngine engine = Make.Motif(precision: EnginePrecision.Float64);
            OctaveObjective objective = Make.Objective(engine, Size, Size, ObjectiveKind.L2, (layer, 1));
            Scene scene = Scene.Drawn(Size, Size);
            Computed computed = await scene.WholeAsync(engine, objective, context: 0);
            short[] window = scene.Cut(new(Size, Size, 0, 0, Size, Size), 0, 0);
            File.WriteAllBytes(Path.Combine(folder, "canvas"), MemoryMarshal.AsBytes<short>(window));

            string printed = await Shared.PythonAsync(
                """
                import json, sys
                import numpy as np, torch
                import torch.nn.functional as F
                weights, folder, layer, size = sys.argv[1:]
                size = int(size)
                data = open(weights, "rb").read()
                head = 8 + int.from_bytes(data[:8], "little")
                w = {}
                for name, t in json.loads(data[8:head]).items():
                    if name != "__metadata__":
                        a, b = t["data_offsets"]
                        kind = {"F16": np.float16, "F32": np.float32}[t["dtype"]]
                        w[name] = torch.from_numpy(np.frombuffer(data[head + a:head + b], kind).astype(np.float64)).view(t["shape"])
                def conv(x, name, stride=1):
                    k = w[name + ".weight"]
                    return F.relu(F.conv2d(x, k, w[name + ".bias"], stride=stride, padding=k.shape[2] // 2))
                def inception(x, m):
                    n = "inception" + m + "."
                    return torch.cat([conv(x, n + "1x1"), conv(conv(x, n + "3x3_reduce"), n + "3x3"), conv(conv(x, n + "5x5_reduce"), n + "5x5"),
                                      conv(F.max_pool2d(x, 3, 1, 1), n + "pool_proj")], 1)
                canvas = torch.from_numpy(np.fromfile(folder + "/canvas", np.int16).reshape(size, 3, size)).permute(1, 0, 2)[None].double() / 32767
                canvas.requires_grad_(True)
                a = conv(conv(F.max_pool2d(conv(canvas, "conv1", 2), 3, 2, 1), "conv2"), "conv3")
                stride = 4
                for m in ["3a", "3b", "4a", "4b", "4c", "4d", "5a", "5b"]:
                    if m in ("4a", "5a"):
                        a = F.max_pool2d(a, 3, 2, 1)
                        stride *= 2
                    a = inception(a, m)
                    if m == layer:
                        break
                loss = (a * a).sum() / (a.shape[1] * (size / stride) ** 2)
                g, = torch.autograd.grad(loss, canvas)
                g[0].permute(1, 0, 2).contiguous().float().numpy().tofile(folder + "/gradient")
                print(repr(loss.item()))
                """,
                Path.Combine(Shared.Repository, "src", "DreamFarm.Networks", "Motif", "motif.safetensors"), folder, layer, $"{Size}");

            Assert.Equal(1, computed.Result.Loss / double.Parse(printed, CultureInfo.InvariantCulture), 1e-12);
            Assert.InRange(Computed.RelativeError(computed.Gradient, ReadSingles(Path.Combine(folder, "gradient"))), 5e-5, 2.5e-4);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double[] ReadSingles(string path) =>
        [.. MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray().Select(value => (double)value)];
}
