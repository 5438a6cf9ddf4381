using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The shim's functions, native/shim.cpp.</summary>
internal static unsafe partial class Native
{
    private const string Library = "StandInTorch";

    [LibraryImport(Library)] internal static partial nint st_take_last_error();
    [LibraryImport(Library)] internal static partial nint st_version();
    [LibraryImport(Library)] internal static partial nint st_empty(long* size, int dimensions, int dtype, int deviceType, int deviceIndex, [MarshalAs(UnmanagedType.U1)] bool requiresGrad);
    [LibraryImport(Library)] internal static partial nint st_full(long* size, int dimensions, double value, int dtype, int deviceType, int deviceIndex, [MarshalAs(UnmanagedType.U1)] bool requiresGrad);
    [LibraryImport(Library)] internal static partial void st_dispose(nint tensor);
    [LibraryImport(Library)] internal static partial int st_dimensions(nint tensor);
    [LibraryImport(Library)] internal static partial long st_size(nint tensor, int dimension);
    [LibraryImport(Library)] internal static partial long st_element_size(nint tensor);
    [LibraryImport(Library)] internal static partial int st_dtype(nint tensor);
    [LibraryImport(Library)] internal static partial int st_device_type(nint tensor);
    [LibraryImport(Library)] internal static partial int st_device_index(nint tensor);
    [LibraryImport(Library)][return: MarshalAs(UnmanagedType.U1)] internal static partial bool st_is_contiguous(nint tensor);
    [LibraryImport(Library)] internal static partial nint st_data(nint tensor);
    [LibraryImport(Library)][return: MarshalAs(UnmanagedType.U1)] internal static partial bool st_requires_grad(nint tensor);
    [LibraryImport(Library)] internal static partial int st_set_requires_grad(nint tensor, [MarshalAs(UnmanagedType.U1)] bool value);
    [LibraryImport(Library)] internal static partial nint st_to_device(nint tensor, int deviceType, int deviceIndex);
    [LibraryImport(Library)] internal static partial nint st_to_type(nint tensor, int dtype);
    [LibraryImport(Library)] internal static partial int st_copy_(nint tensor, nint source, [MarshalAs(UnmanagedType.U1)] bool nonBlocking);
    [LibraryImport(Library)] internal static partial nint st_pin_memory(nint tensor);
    [LibraryImport(Library)] internal static partial nint st_permute(nint tensor, long* order, int count);
    [LibraryImport(Library)] internal static partial nint st_narrow(nint tensor, long dimension, long start, long length);
    [LibraryImport(Library)] internal static partial nint st_reshape(nint tensor, long* shape, int count);
    [LibraryImport(Library)] internal static partial nint st_contiguous(nint tensor);
    [LibraryImport(Library)] internal static partial nint st_sign_(nint tensor);
    [LibraryImport(Library)] internal static partial nint st_mul_scalar(nint tensor, double value);
    [LibraryImport(Library)] internal static partial nint st_relu_(nint tensor);
    [LibraryImport(Library)] internal static partial nint st_cat(nint* tensors, int count, long dimension);
    [LibraryImport(Library)] internal static partial nint st_conv2d(nint input, nint weight, nint bias, long* strides, int strideCount, long* padding, int paddingCount, long* dilation, int dilationCount, long groups);
    [LibraryImport(Library)] internal static partial nint st_max_pool2d(nint input, long* kernel, long* strides, long* padding, long* dilation, [MarshalAs(UnmanagedType.U1)] bool ceilMode);
    [LibraryImport(Library)] internal static partial nint st_avg_pool2d(nint input, long* kernel, long* strides, long* padding, [MarshalAs(UnmanagedType.U1)] bool ceilMode, [MarshalAs(UnmanagedType.U1)] bool countIncludePad);
    [LibraryImport(Library)] internal static partial nint st_add_scalar(nint tensor, double value);
    [LibraryImport(Library)] internal static partial nint st_mul(nint left, nint right);
    [LibraryImport(Library)] internal static partial nint st_add(nint left, nint right);
    [LibraryImport(Library)] internal static partial nint st_mean(nint tensor, long* dimensions, int count, [MarshalAs(UnmanagedType.U1)] bool keep);
    [LibraryImport(Library)] internal static partial nint st_relu(nint tensor);
    [LibraryImport(Library)] internal static partial nint st_leaky_relu(nint tensor, double slope);
    [LibraryImport(Library)] internal static partial nint st_clamp(nint tensor, double least, double most);
    [LibraryImport(Library)] internal static partial nint st_sigmoid(nint tensor);
    [LibraryImport(Library)] internal static partial nint st_hardswish(nint tensor);
    [LibraryImport(Library)] internal static partial nint st_softmax(nint tensor, long dimension);
    [LibraryImport(Library)] internal static partial nint st_pad(nint tensor, long* pad, int count, double value);
    [LibraryImport(Library)] internal static partial nint st_local_response_norm(nint tensor, long size, double alpha, double beta, double k);
    [LibraryImport(Library)][return: MarshalAs(UnmanagedType.U1)] internal static partial bool st_grad_enabled();
    [LibraryImport(Library)] internal static partial void st_set_grad_enabled([MarshalAs(UnmanagedType.U1)] bool value);
    [LibraryImport(Library)] internal static partial int st_grad(nint* outputs, int outputCount, nint* inputs, int inputCount, nint* seeds, int seedCount, nint* results);
    [LibraryImport(Library)] internal static partial int st_backward(nint tensor);
    [LibraryImport(Library)] internal static partial void st_clear_grad(nint tensor);
    [LibraryImport(Library)] internal static partial nint st_uniform(long* size, int dimensions, double bound, int deviceType, int deviceIndex);
    [LibraryImport(Library)] internal static partial nint st_batch_norm(nint input, nint weight, nint bias, nint mean, nint variance, [MarshalAs(UnmanagedType.U1)] bool training, double momentum, double epsilon);
    [LibraryImport(Library)] internal static partial nint st_linear(nint input, nint weight, nint bias);
    [LibraryImport(Library)] internal static partial nint st_cross_entropy(nint input, nint target, double smoothing);
    [LibraryImport(Library)] internal static partial nint st_sgd_step(nint parameter, nint buffer, double rate, double momentum, double decay, [MarshalAs(UnmanagedType.U1)] bool nesterov, [MarshalAs(UnmanagedType.U1)] bool maximize);
    [LibraryImport(Library)] internal static partial int st_get_num_threads();
    [LibraryImport(Library)] internal static partial int st_set_num_threads(int count);
    [LibraryImport(Library)][return: MarshalAs(UnmanagedType.U1)] internal static partial bool st_cuda_is_available();
    [LibraryImport(Library)] internal static partial int st_cuda_device_count();
    [LibraryImport(Library)][return: MarshalAs(UnmanagedType.U1)] internal static partial bool st_get_cudnn_tf32();
    [LibraryImport(Library)] internal static partial int st_set_cudnn_tf32([MarshalAs(UnmanagedType.U1)] bool value);
    [LibraryImport(Library)][return: MarshalAs(UnmanagedType.U1)] internal static partial bool st_get_matmul_tf32();
    [LibraryImport(Library)] internal static partial int st_set_matmul_tf32([MarshalAs(UnmanagedType.U1)] bool value);
}
