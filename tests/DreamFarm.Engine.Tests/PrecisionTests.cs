using DreamFarm.Networks;

namespace DreamFarm.Engine.Tests;

/// <summary>Arithmetic with fewer digits, as far as a CPU has it.</summary>
public sealed class PrecisionTests
{
    [Fact]
    public async Task Bfloat16_is_another_class_and_points_the_same_way()
    {
        Scene scene = Scene.Drawn(128, 128);
        using GradientEngine single = Make.Motif(), brief = Make.Motif(precision: EnginePrecision.BFloat16);
        OctaveObjective objective = Make.Objective(single, 128, 128, ObjectiveKind.L2, ("4a", 1));
        Computed a = await scene.WholeAsync(single, objective, context: 0), b = await scene.WholeAsync(brief, objective, context: 0);
        Assert.NotEqual(a.Core, b.Core);
        double[] one = a.Gradient, other = b.Gradient;
        double cosine = one.Zip(other, (x, y) => x * y).Sum() / Math.Sqrt(one.Sum(x => x * x) * other.Sum(y => y * y));
        TestContext.Current.TestOutputHelper?.WriteLine($"cosine {cosine}, loss {b.Result.Loss / a.Result.Loss - 1}");
        Assert.InRange(cosine, 0.98, 0.99999);
        Assert.Equal(1, b.Result.Loss / a.Result.Loss, 0.01);
    }

    [Theory]
    [InlineData(EnginePrecision.Tf32, "tf32")]
    [InlineData(EnginePrecision.Float16, "float16")]
    public void What_a_cpu_does_not_have_is_refused_in_a_sentence(EnginePrecision precision, string name)
    {
        using NetworkWeights weights = NetworkWeights.Load(Make.MotifNetwork, WeightFile.OpenBuiltIn(Make.MotifNetwork)!);
        var error = Assert.Throws<ArgumentException>(() => new GradientEngine(weights, new EngineOptions { Lanes = 1, Precision = precision }));
        Assert.Equal($"{name} is for GPUs; on a CPU the precision can be float32 or bfloat16.", error.Message);
    }

    [Fact]
    public void Float16_starts_its_backward_pass_lower()
    {
        // On no device here can it be computed; its tensors can be made.
        using NetworkWeights weights = NetworkWeights.Load(Make.MotifNetwork, WeightFile.OpenBuiltIn(Make.MotifNetwork)!);
        using var half = new FrozenNetwork(weights, TorchSharp.torch.CPU, EnginePrecision.Float16);
        Assert.Equal(-8, half.SeedExponent);
        Assert.Equal(TorchSharp.torch.ScalarType.Float16, half.ElementType);
        Assert.Equal(TorchSharp.torch.ScalarType.Float32, half.HostType);
    }
}
