using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace StandIns.TorchSharp.Tests;

/// <summary>What the engine relies on, whichever TorchSharp is below: these pass with the official package too.</summary>
public sealed class TensorTests
{
    [Fact]
    public void Bytes_are_the_values_in_place()
    {
        using torch.Tensor tensor = Tensor([2, 3], 1, 2, 3, 4, 5, 6);
        MemoryMarshal.Cast<byte, float>(tensor.bytes)[4] = 50;
        Assert.Equal([1, 2, 3, 4, 50, 6], Values(tensor));
        Assert.Equal([2, 3], tensor.shape);
        Assert.Equal(torch.ScalarType.Float32, tensor.dtype);
        Assert.Equal(DeviceType.CPU, tensor.device.type);
    }

    [Fact]
    public void A_permuted_tensor_is_not_contiguous_until_it_is_made_so()
    {
        using torch.Tensor tensor = Tensor([2, 3], 1, 2, 3, 4, 5, 6);
        using torch.Tensor turned = tensor.permute(1, 0);
        Assert.False(turned.is_contiguous());
        Assert.Throws<InvalidOperationException>(() => turned.bytes.Length);
        using torch.Tensor copy = turned.contiguous();
        Assert.Equal([1, 4, 2, 5, 3, 6], Values(copy));
    }

    [Fact]
    public void Narrow_and_cat_cut_and_join()
    {
        using torch.Tensor tensor = Tensor([1, 4], 1, 2, 3, 4);
        using torch.Tensor middle = tensor.narrow(1, 1, 2);
        using torch.Tensor joined = torch.cat([tensor, middle], 1);
        Assert.Equal([1, 2, 3, 4, 2, 3], Values(joined));
    }

    [Fact]
    public void Reshape_keeps_the_order_and_sign_works_in_place_on_a_part()
    {
        using torch.Tensor tensor = Tensor([2, 3], 1, -2, 3, 0, 5, -6);
        using torch.Tensor turned = tensor.permute(1, 0);
        using torch.Tensor flat = turned.reshape(6);
        Assert.Equal([1, 0, -2, 5, 3, -6], Values(flat));
        using torch.Tensor column = tensor.narrow(1, 1, 2).sign_();
        Assert.Equal([1, -1, 1, 0, 1, -1], Values(tensor));
    }

    [Fact]
    public void Full_and_mul_and_double_precision()
    {
        using torch.Tensor tensor = torch.full([2], 0.1, torch.ScalarType.Float64, torch.CPU);
        using torch.Tensor product = tensor.mul(3.0);
        Assert.Equal([0.1 * 3, 0.1 * 3], MemoryMarshal.Cast<byte, double>(product.bytes).ToArray());
    }

    [Fact]
    public void Convolution_with_stride_and_padding_gives_known_sums()
    {
        using torch.Tensor input = Tensor([1, 1, 3, 3], 1, 2, 3, 4, 5, 6, 7, 8, 9);
        using torch.Tensor weight = torch.full([1, 1, 3, 3], 1.0, torch.ScalarType.Float32);
        using torch.Tensor bias = torch.full([1], 0.5, torch.ScalarType.Float32);
        using torch.Tensor output = functional.conv2d(input, weight, bias, strides: [2, 2], padding: [1, 1]);
        Assert.Equal([1, 1, 2, 2], output.shape);
        Assert.Equal([12.5f, 16.5f, 24.5f, 28.5f], Values(output));
    }

    [Fact]
    public void Dilation_spreads_a_kernel_and_leaves_a_point_alone()
    {
        using torch.Tensor input = Tensor([1, 1, 1, 5], 1, 2, 3, 4, 5);
        using torch.Tensor pair = Tensor([1, 1, 1, 2], 1, 10);
        using torch.Tensor spread = functional.conv2d(input, pair, null, strides: [1, 1], padding: [0, 0], dilation: [1, 3]);
        Assert.Equal([41, 52], Values(spread));
        using torch.Tensor point = Tensor([1, 1, 1, 1], 2);
        using torch.Tensor doubled = functional.conv2d(input, point, null, strides: [1, 1], padding: [0, 0], dilation: [2, 2]);
        Assert.Equal([2, 4, 6, 8, 10], Values(doubled));
    }

    [Fact]
    public void Channels_last_stays_channels_last()
    {
        using torch.Tensor pixels = torch.full([1, 8, 8, 3], 1.0, torch.ScalarType.Float32);
        using torch.Tensor input = pixels.permute(0, 3, 1, 2);
        using torch.Tensor kernels = torch.full([16, 3, 3, 3], 1.0, torch.ScalarType.Float32);
        using torch.Tensor weight = kernels.permute(0, 3, 1, 2);
        using torch.Tensor sums = functional.conv2d(input, weight, null, strides: [1, 1], padding: [1, 1]);
        using torch.Tensor pooled = functional.max_pool2d(sums, [3, 3], [2, 2], [0, 0], ceil_mode: true);
        using torch.Tensor both = torch.cat([pooled, pooled], 1);
        using torch.Tensor last = both.permute(0, 2, 3, 1);
        Assert.Equal([1, 4, 4, 32], last.shape);
        Assert.True(last.is_contiguous());
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void Ceil_mode_counts_the_last_incomplete_square(bool ceilMode, long side)
    {
        using torch.Tensor input = Tensor([1, 1, 4, 4], [.. Enumerable.Range(0, 16).Select(i => (float)i)]);
        using torch.Tensor output = functional.max_pool2d(input, [3, 3], [2, 2], [0, 0], ceil_mode: ceilMode);
        Assert.Equal([1, 1, side, side], output.shape);
        Assert.Equal(ceilMode ? [10, 11, 14, 15] : [10f], Values(output));
    }

    [Fact]
    public void The_gradient_is_that_of_outputs_times_seeds()
    {
        using torch.Tensor x = Tensor([1, 1, 1, 3], -1, 2, 3);
        x.requires_grad_();
        using torch.Tensor weight = Tensor([1, 1, 1, 1], 10);
        using torch.Tensor y = functional.conv2d(x, weight).relu_();
        using torch.Tensor seed = Tensor([1, 1, 1, 3], 1, 1, 0.5f);
        using torch.Tensor gradient = torch.autograd.grad([y], [x], [seed])[0];
        Assert.Equal([0, 10, 5], Values(gradient));
    }

    [Fact]
    public void Without_recording_there_is_no_gradient_to_ask_for()
    {
        using torch.Tensor x = Tensor([1], 2);
        x.requires_grad_();
        using (torch.no_grad())
        {
            Assert.False(torch.is_grad_enabled());
            using (torch.enable_grad())
                Assert.True(torch.is_grad_enabled());
            Assert.False(torch.is_grad_enabled());
            using torch.Tensor unrecorded = x.mul(2.0);
            Assert.False(unrecorded.requires_grad);
        }

        using torch.Tensor recorded = x.mul(2.0);
        Assert.True(recorded.requires_grad);
    }

    [Fact]
    public void An_error_of_libtorch_is_an_external_exception_with_its_message()
    {
        using torch.Tensor input = torch.full([1, 3, 8, 8], 1.0, torch.ScalarType.Float32);
        using torch.Tensor weight = torch.full([4, 5, 3, 3], 1.0, torch.ScalarType.Float32);
        var error = Assert.Throws<ExternalException>(() => functional.conv2d(input, weight));
        Assert.Contains("expected input", error.Message, StringComparison.Ordinal);

        // The error is taken: the next call is not blamed for it.
        torch.CheckForErrors();
    }

    [Fact]
    public void A_scope_disposes_what_was_made_in_it()
    {
        torch.Tensor inner, moved, detached;
        using (torch.NewDisposeScope())
        {
            using (DisposeScope scope = torch.NewDisposeScope())
            {
                inner = torch.full([1], 1.0);
                moved = scope.MoveToOuter(torch.full([1], 2.0));
                detached = torch.full([1], 3.0).DetachFromDisposeScope();
            }

            Assert.True(inner.IsInvalid);
            Assert.False(moved.IsInvalid);
        }

        Assert.True(moved.IsInvalid);
        Assert.False(detached.IsInvalid);
        detached.Dispose();
        Assert.Throws<InvalidOperationException>(() => detached.shape);
    }

    [Fact]
    public void Scopes_belong_to_their_thread()
    {
        torch.Tensor? other = null;
        using (torch.NewDisposeScope())
        {
            var thread = new Thread(() => other = torch.full([1], 1.0));
            thread.Start();
            thread.Join();
        }

        Assert.False(other!.IsInvalid);
        other.Dispose();
    }

    [Fact]
    public void Threads_can_be_set()
    {
        int threads = 0;
        var thread = new Thread(() =>
        {
            torch.set_num_threads(1);
            threads = torch.get_num_threads();
        });
        thread.Start();
        thread.Join();
        Assert.Equal(1, threads);
    }

    [Fact]
    public void Cuda_is_there_if_it_has_devices()
    {
        Assert.Equal(torch.cuda.is_available(), torch.cuda.is_available() && torch.cuda.device_count() > 0);
        if (!torch.cuda.is_available())
            return;
        torch.Device device = torch.device("cuda:0");
        using torch.Tensor host = Tensor([2], 1, 2);
        using torch.Tensor there = host.to(device);
        Assert.Equal(DeviceType.CUDA, there.device.type);
        using torch.Tensor back = there.mul(2.0).cpu();
        Assert.Equal([2, 4], Values(back));
    }

    [Fact]
    public void Devices_have_names()
    {
        Assert.Equal("cpu", torch.CPU.ToString());
        Assert.Equal(DeviceType.CPU, torch.device("cpu").type);
        Assert.ThrowsAny<ArgumentException>(() => torch.device("abacus"));
    }

    private static torch.Tensor Tensor(long[] shape, params float[] values)
    {
        torch.Tensor tensor = torch.empty(shape, torch.ScalarType.Float32);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(tensor.bytes));
        return tensor;
    }

    private static float[] Values(torch.Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes).ToArray();

    [Fact]
    public void A_tensor_takes_over_anothers_values()
    {
        using torch.Tensor from = torch.full([2, 3], 1.5), to = torch.empty([2, 3]);
        to.copy_(from, nonBlocking: true);
        Assert.Equal(Enumerable.Repeat(1.5f, 6), System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(to.bytes).ToArray());
    }
}
