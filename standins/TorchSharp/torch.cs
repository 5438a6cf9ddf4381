using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The part of TorchSharp's <c>torch</c> that DreamFarm calls, over the system's libtorch.</summary>
public static unsafe partial class torch
{
    /// <summary>Element types, numbered as libtorch numbers them.</summary>
    public enum ScalarType : sbyte
    {
        Byte = 0,
        Int8 = 1,
        Int16 = 2,
        Int32 = 3,
        Int64 = 4,
        Float16 = 5,
        Float32 = 6,
        Float64 = 7,
        BFloat16 = 15,
    }

    /// <summary>Version of libtorch.</summary>
    public static string __version__ => Marshal.PtrToStringUTF8(Native.st_version())!;

    public static readonly Device CPU = new(DeviceType.CPU);

    /// <summary>A device from its name, <c>cpu</c> or <c>cuda[:index]</c>.</summary>
    /// <exception cref="ArgumentException">No such kind of device.</exception>
    public static Device device(string description) => new(description);

    /// <summary>A tensor whose values are whatever the memory held.</summary>
    public static Tensor empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        device ??= CPU;
        fixed (long* sizes = size)
            return Tensor.Own(Native.st_empty(sizes, size.Length, (int)(dtype ?? ScalarType.Float32), (int)device.type, device.index, requires_grad));
    }

    /// <summary>A tensor of one value.</summary>
    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        device ??= CPU;
        fixed (long* sizes = size)
            return Tensor.Own(Native.st_full(sizes, size.Length, value.Value, (int)(dtype ?? ScalarType.Float32), (int)device.type, device.index, requires_grad));
    }

    /// <summary>Joins tensors along a dimension.</summary>
    public static Tensor cat(IList<Tensor> tensors, long dim = 0)
    {
        nint[] handles = Handles(tensors);
        fixed (nint* first = handles)
            return Tensor.Own(Native.st_cat(first, handles.Length, dim));
    }

    /// <summary>Turns gradient recording off on this thread until disposed.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    /// <summary>Turns gradient recording on on this thread until disposed.</summary>
    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    /// <summary>Whether this thread records gradients.</summary>
    public static bool is_grad_enabled() => Native.st_grad_enabled();

    /// <summary>How many threads one operation of this thread may use.</summary>
    public static int get_num_threads() => Checked(Native.st_get_num_threads());

    /// <summary>Sets how many threads one operation of this thread may use.</summary>
    public static void set_num_threads(int num) => Checked(Native.st_set_num_threads(num));

    /// <summary>A scope that disposes what this thread makes in it.</summary>
    public static DisposeScope NewDisposeScope() => new();

    /// <summary>Throws the last failure of this thread, if there was one.</summary>
    /// <exception cref="ExternalException">libtorch's message.</exception>
    public static void CheckForErrors()
    {
        nint message = Native.st_take_last_error();
        if (message != 0)
            throw new ExternalException(Marshal.PtrToStringUTF8(message));
    }

    private static int Checked(int result)
    {
        if (result == -1)
            CheckForErrors();
        return result;
    }

    private static nint[] Handles(IList<Tensor> tensors)
    {
        var handles = new nint[tensors.Count];
        for (int i = 0; i < handles.Length; i++)
            handles[i] = tensors[i].Handle;
        return handles;
    }

    /// <summary>CUDA, where this libtorch has it.</summary>
    public static class cuda
    {
        public static bool is_available() => Native.st_cuda_is_available();

        public static int device_count() => Checked(Native.st_cuda_device_count());
    }

    /// <summary>Switches of the libraries below libtorch.</summary>
    public static class backends
    {
        public static class cuda
        {
            public static class matmul
            {
                /// <summary>Whether cuBLAS may round float32 factors to TF32.</summary>
                public static bool allow_tf32
                {
                    get => Native.st_get_matmul_tf32();
                    set => Checked(Native.st_set_matmul_tf32(value));
                }
            }
        }

        public static class cudnn
        {
            /// <summary>Whether cuDNN may round float32 factors to TF32.</summary>
            public static bool allow_tf32
            {
                get => Native.st_get_cudnn_tf32();
                set => Checked(Native.st_set_cudnn_tf32(value));
            }
        }
    }

    public static class autograd
    {
        /// <summary>The gradient of the sum over outputs of output x its seed, with respect to each input.</summary>
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null)
        {
            nint[] outs = Handles(outputs), ins = Handles(inputs), seeds = grad_outputs is null ? [] : Handles(grad_outputs), results = new nint[inputs.Count];
            fixed (nint* o = outs, i = ins, s = seeds, r = results)
                Checked(Native.st_grad(o, outs.Length, i, ins.Length, s, seeds.Length, r));
            return Array.ConvertAll(results, handle => new Tensor(handle));
        }
    }

    public static partial class nn
    {
        public static class functional
        {
            /// <summary>2-d convolution: input [N, C, H, W], weight [out, C, kernel, kernel], bias [out].</summary>
            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1)
            {
                strides ??= [1];
                padding ??= [0];
                dilation ??= [1];
                fixed (long* s = strides, p = padding, d = dilation)
                    return Tensor.Own(Native.st_conv2d(input.Handle, weight.Handle, bias?.Handle ?? 0, s, strides.Length, p, padding.Length, d, dilation.Length, groups));
            }

            /// <summary>The maximum over rectangles; the stride defaults to the kernel's sides.</summary>
            public static Tensor max_pool2d(Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false)
            {
                fixed (long* k = kernel_size, s = strides ?? kernel_size, p = padding ?? [0, 0], d = dilation ?? [1, 1])
                    return Tensor.Own(Native.st_max_pool2d(input.Handle, k, s, p, d, ceil_mode));
            }

            /// <summary>The mean over rectangles; the stride defaults to the kernel's sides.</summary>
            public static Tensor avg_pool2d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false, bool count_include_pad = true)
            {
                fixed (long* k = kernel_size, s = stride ?? kernel_size, p = padding ?? [0, 0])
                    return Tensor.Own(Native.st_avg_pool2d(input.Handle, k, s, p, ceil_mode, count_include_pad));
            }

            /// <summary>Adds cells of one value; <paramref name="pad"/> is left, right, top, bottom.</summary>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
            {
                fixed (long* first = pad)
                    return Tensor.Own(Native.st_pad(input.Handle, first, pad.Length, value));
            }

            /// <summary>e^x over its sum along a dimension.</summary>
            public static Tensor softmax(Tensor input, long dim) => Tensor.Own(Native.st_softmax(input.Handle, dim));

            /// <summary>The mean over pictures of the cross entropy between softmax(input [N, C]) and the target: shares [N, C] that sum to 1.</summary>
            public static Tensor cross_entropy(Tensor input, Tensor target, double label_smoothing = 0.0) =>
                Tensor.Own(Native.st_cross_entropy(input.Handle, target.Handle, label_smoothing));

            /// <summary>Normalisation across channels.</summary>
            public static Tensor local_response_norm(Tensor input, long size, double alpha = 0.0001, double beta = 0.75, double k = 1.0) =>
                Tensor.Own(Native.st_local_response_norm(input.Handle, size, alpha, beta, k));
        }
    }

    private sealed class GradMode : IDisposable
    {
        private readonly bool before = Native.st_grad_enabled();

        internal GradMode(bool enabled) => Native.st_set_grad_enabled(enabled);

        public void Dispose() => Native.st_set_grad_enabled(before);
    }
}
