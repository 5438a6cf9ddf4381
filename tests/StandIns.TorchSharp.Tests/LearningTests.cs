using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace StandIns.TorchSharp.Tests;

/// <summary>What training relies on, whichever TorchSharp is below: these pass with the official package too.</summary>
public sealed class LearningTests
{
    [Fact]
    public void A_linear_layer_multiplies_and_adds_what_it_was_given()
    {
        using Linear linear = torch.nn.Linear(2, 1);
        Set(linear.weight!, 3, 5);
        Set(linear.bias!, 0.5f);
        using torch.Tensor output = linear.forward(Tensor([2, 2], 1, 2, 10, 20));
        Assert.Equal([13.5f, 130.5f], Values(output));
        Assert.True(linear.weight!.requires_grad);
    }

    [Fact]
    public void A_convolution_has_kernels_of_its_own_and_a_bias_only_if_asked_to()
    {
        using Conv2d convolution = torch.nn.Conv2d(4, 6, (3, 1), stride: (2, 2), padding: (1, 0), groups: 2, bias: false);
        Assert.Equal([6, 2, 3, 1], convolution.weight!.shape);
        Assert.Null(convolution.bias);
        using torch.Tensor output = convolution.forward(torch.full([1, 4, 8, 8], 1.0, torch.ScalarType.Float32));
        Assert.Equal([1, 6, 4, 4], output.shape);
    }

    [Fact]
    public void Batch_normalisation_gathers_statistics_in_training_and_uses_them_afterwards()
    {
        using BatchNorm2d norm = torch.nn.BatchNorm2d(1, eps: 1e-5);
        using torch.Tensor input = Tensor([2, 1, 1, 2], 1, 3, 5, 7);
        using torch.Tensor trained = norm.forward(input);
        Assert.Equal([-1.3416f, -0.4472f, 0.4472f, 1.3416f], Values(trained), Near);
        // A tenth of the mean 4, and of the variance 20 / 3 with nine tenths of the first 1.
        Assert.Equal([0.4f], Values(norm.running_mean!), Near);
        Assert.Equal([0.9f + 2 / 3f], Values(norm.running_var!), Near);

        norm.train(false);
        using torch.Tensor used = norm.forward(input);
        Assert.Equal((1 - 0.4f) / MathF.Sqrt(0.9f + 2 / 3f), Values(used)[0], 1e-3f);
        Assert.Equal([0.4f], Values(norm.running_mean!), Near);
    }

    [Fact]
    public void Cross_entropy_takes_shares_and_smooths_them()
    {
        using torch.Tensor logits = Tensor([1, 2], 0, MathF.Log(3));
        using torch.Tensor first = Tensor([1, 2], 1, 0);
        using torch.Tensor plain = functional.cross_entropy(logits, first);
        Assert.Equal([MathF.Log(4)], Values(plain), Near);
        using torch.Tensor smooth = functional.cross_entropy(logits, first, label_smoothing: 0.2);
        Assert.Equal([0.9f * MathF.Log(4) + 0.1f * MathF.Log(4 / 3f)], Values(smooth), Near);
    }

    [Fact]
    public void Descent_goes_by_group_with_decay_and_momentum_that_can_be_taken_out_and_put_in()
    {
        using var decaying = new Parameter(Tensor([1], 2));
        using var plain = new Parameter(Tensor([1], 5));
        var first = new SGD.ParamGroup([decaying], lr: 0.1, momentum: 0.9, weight_decay: 0.5, nesterov: true);
        var second = new SGD.ParamGroup([plain], lr: 0.1);
        using SGD descent = torch.optim.SGD(new[] { first, second }, 0.1);

        // The gradient is 3 of both. With decay 3 + 0.5 x 2 = 4, which is the first momentum; Nesterov: 4 + 0.9 x 4.
        Step(descent, decaying, plain);
        Assert.Equal([2 - 0.76f], Values(decaying), Near);
        Assert.Equal([5 - 0.3f], Values(plain), Near);
        var state = (SGD.State)descent.state_dict().State[0];
        Assert.Equal([4], Values(state.momentum_buffer!), Near);
        Assert.Null(((SGD.State)descent.state_dict().State[1]).momentum_buffer);

        // 3 + 0.62 = 3.62; momentum 0.9 x 10 + 3.62 = 12.62; 3.62 + 0.9 x 12.62 = 14.978, at another rate.
        state.momentum_buffer = Tensor([1], 10).DetachFromDisposeScope();
        first.LearningRate = 0.01;
        Step(descent, decaying, plain);
        Assert.Equal([1.24f - 0.14978f], Values(decaying), Near);
    }

    [Fact]
    public void What_is_added_to_an_input_takes_over_its_gradient_in_one_step_upwards()
    {
        using torch.Tensor pixels = Tensor([1, 1, 2, 3], 1, 2, 3, 4, 5, 6);
        using var shift = new Parameter(torch.full([1, 1, 2, 3], 0, torch.ScalarType.Float32).permute(0, 3, 1, 2));
        using SGD ascent = torch.optim.SGD(new[] { shift }, learningRate: 1, maximize: true);
        for (int repeat = 0; repeat < 2; repeat++)
        {
            using (torch.no_grad())
                shift.copy_(torch.full([1, 3, 1, 2], 0, torch.ScalarType.Float32));
            ascent.zero_grad();
            using torch.Tensor moved = pixels.permute(0, 3, 1, 2).add(shift);
            using torch.Tensor loss = moved.mul(moved).mean([0, 1, 2, 3]);
            loss.backward();
            ascent.step();
            using torch.Tensor gradient = shift.permute(0, 2, 3, 1);
            Assert.True(gradient.is_contiguous());
            Assert.Equal([1 / 3f, 2 / 3f, 1, 4 / 3f, 5 / 3f, 2], Values(gradient), Near);
        }
    }

    private static bool Near(float expected, float actual) => MathF.Abs(expected - actual) < 1e-3f;

    /// <summary>One step down 3 (a + b).</summary>
    private static void Step(SGD descent, Parameter a, Parameter b)
    {
        using torch.Tensor loss = a.add(b).mul(3).mean([0]);
        descent.zero_grad();
        loss.backward();
        descent.step();
    }

    private static void Set(torch.Tensor tensor, params float[] values)
    {
        using IDisposable unrecorded = torch.no_grad();
        tensor.copy_(Tensor(tensor.shape, values));
    }

    private static torch.Tensor Tensor(long[] shape, params float[] values)
    {
        torch.Tensor tensor = torch.empty(shape, torch.ScalarType.Float32);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(tensor.bytes));
        return tensor;
    }

    private static float[] Values(torch.Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes).ToArray();
}
