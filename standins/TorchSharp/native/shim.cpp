// A C interface over libtorch for the TorchSharp stand-in. Only API that libtorch 1.13 and 2.x both document, so
// that the same file compiles against a CUDA build.
//
// Every function that can fail returns null (or -1) and leaves the message for st_last_error, on the same thread.

#include <exception>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/cuda.h>
#include <torch/version.h>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

thread_local std::string last_error;
thread_local bool has_error = false;

void keep_error(const char* message)
{
    last_error = message;
    has_error = true;
}

// Runs body; what it throws becomes the thread's last error and `failed` the answer.
template <typename Result, typename Body>
Result guarded(Result failed, Body body)
{
    try {
        return body();
    } catch (const c10::Error& error) {
        keep_error(error.what_without_backtrace());
    } catch (const std::exception& error) {
        keep_error(error.what());
    } catch (...) {
        keep_error("libtorch threw something that is no exception.");
    }
    return failed;
}

template <typename Body>
at::Tensor* new_tensor(Body body)
{
    return guarded<at::Tensor*>(nullptr, [&] { return new at::Tensor(body()); });
}

at::Device device_of(int type, int index)
{
    return at::Device(static_cast<at::DeviceType>(type), static_cast<c10::DeviceIndex>(index));
}

at::TensorOptions options_of(int dtype, int device_type, int device_index, bool requires_grad)
{
    return at::TensorOptions()
        .dtype(static_cast<at::ScalarType>(dtype))
        .device(device_of(device_type, device_index))
        .requires_grad(requires_grad);
}

at::IntArrayRef ints(const int64_t* values, int count)
{
    return at::IntArrayRef(values, static_cast<size_t>(count));
}

std::vector<at::Tensor> tensors(at::Tensor* const* handles, int count)
{
    std::vector<at::Tensor> list;
    list.reserve(count);
    for (int i = 0; i < count; i++)
        list.push_back(*handles[i]);
    return list;
}

}  // namespace

// The message of the last failure on this thread, or null; valid until the thread's next failure.
EXPORT const char* st_take_last_error()
{
    if (!has_error)
        return nullptr;
    has_error = false;
    return last_error.c_str();
}

EXPORT const char* st_version() { return TORCH_VERSION; }

// ---- Tensors: making, looking, letting go

EXPORT at::Tensor* st_empty(const int64_t* size, int dimensions, int dtype, int device_type, int device_index, bool requires_grad)
{
    return new_tensor([&] {
        auto made = at::empty(ints(size, dimensions), options_of(dtype, device_type, device_index, false));
        return requires_grad ? made.set_requires_grad(true) : made;
    });
}

EXPORT at::Tensor* st_full(const int64_t* size, int dimensions, double value, int dtype, int device_type, int device_index, bool requires_grad)
{
    return new_tensor([&] {
        auto made = at::full(ints(size, dimensions), value, options_of(dtype, device_type, device_index, false));
        return requires_grad ? made.set_requires_grad(true) : made;
    });
}

EXPORT void st_dispose(at::Tensor* tensor) { delete tensor; }

EXPORT int st_dimensions(const at::Tensor* tensor) { return static_cast<int>(tensor->dim()); }

EXPORT int64_t st_size(const at::Tensor* tensor, int dimension) { return tensor->size(dimension); }

EXPORT int64_t st_element_size(const at::Tensor* tensor) { return static_cast<int64_t>(tensor->element_size()); }

EXPORT int st_dtype(const at::Tensor* tensor) { return static_cast<int>(tensor->scalar_type()); }

EXPORT int st_device_type(const at::Tensor* tensor) { return static_cast<int>(tensor->device().type()); }

EXPORT int st_device_index(const at::Tensor* tensor) { return tensor->device().index(); }

EXPORT bool st_is_contiguous(const at::Tensor* tensor) { return tensor->is_contiguous(); }

EXPORT void* st_data(const at::Tensor* tensor)
{
    return guarded<void*>(nullptr, [&] { return tensor->data_ptr(); });
}

EXPORT bool st_requires_grad(const at::Tensor* tensor) { return tensor->requires_grad(); }

EXPORT int st_set_requires_grad(const at::Tensor* tensor, bool value)
{
    return guarded(-1, [&] {
        tensor->set_requires_grad(value);
        return 0;
    });
}

// ---- Moving and viewing

EXPORT at::Tensor* st_to_device(const at::Tensor* tensor, int device_type, int device_index)
{
    return new_tensor([&] { return tensor->to(tensor->options().device(device_of(device_type, device_index)), false, false); });
}

EXPORT at::Tensor* st_to_type(const at::Tensor* tensor, int dtype)
{
    return new_tensor([&] { return tensor->to(static_cast<at::ScalarType>(dtype)); });
}

EXPORT int st_copy_(at::Tensor* tensor, const at::Tensor* source, bool non_blocking)
{
    return guarded(-1, [&] {
        tensor->copy_(*source, non_blocking);
        return 0;
    });
}

EXPORT at::Tensor* st_pin_memory(const at::Tensor* tensor)
{
    return new_tensor([&] { return tensor->pin_memory(); });
}

EXPORT at::Tensor* st_permute(const at::Tensor* tensor, const int64_t* order, int count)
{
    return new_tensor([&] { return tensor->permute(ints(order, count)); });
}

EXPORT at::Tensor* st_narrow(const at::Tensor* tensor, int64_t dimension, int64_t start, int64_t length)
{
    return new_tensor([&] { return tensor->narrow(dimension, start, length); });
}

EXPORT at::Tensor* st_reshape(const at::Tensor* tensor, const int64_t* shape, int count)
{
    return new_tensor([&] { return tensor->reshape(ints(shape, count)); });
}

EXPORT at::Tensor* st_contiguous(const at::Tensor* tensor)
{
    return new_tensor([&] { return tensor->contiguous(); });
}

// ---- Arithmetic

EXPORT at::Tensor* st_mul_scalar(const at::Tensor* tensor, double value)
{
    return new_tensor([&] { return tensor->mul(value); });
}

EXPORT at::Tensor* st_add_scalar(const at::Tensor* tensor, double value)
{
    return new_tensor([&] { return tensor->add(value); });
}

EXPORT at::Tensor* st_mul(const at::Tensor* left, const at::Tensor* right)
{
    return new_tensor([&] { return left->mul(*right); });
}

EXPORT at::Tensor* st_add(const at::Tensor* left, const at::Tensor* right)
{
    return new_tensor([&] { return left->add(*right); });
}

EXPORT at::Tensor* st_mean(const at::Tensor* tensor, const int64_t* dimensions, int count, bool keep)
{
    return new_tensor([&] { return tensor->mean(ints(dimensions, count), keep); });
}

EXPORT at::Tensor* st_sign_(at::Tensor* tensor)
{
    return new_tensor([&] { return tensor->sign_(); });
}

EXPORT at::Tensor* st_relu(const at::Tensor* tensor)
{
    return new_tensor([&] { return tensor->relu(); });
}

EXPORT at::Tensor* st_leaky_relu(const at::Tensor* tensor, double slope)
{
    return new_tensor([&] { return at::leaky_relu(*tensor, slope); });
}

EXPORT at::Tensor* st_clamp(const at::Tensor* tensor, double least, double most)
{
    return new_tensor([&] { return tensor->clamp(least, most); });
}

EXPORT at::Tensor* st_sigmoid(const at::Tensor* tensor)
{
    return new_tensor([&] { return tensor->sigmoid(); });
}

EXPORT at::Tensor* st_hardswish(const at::Tensor* tensor)
{
    return new_tensor([&] { return at::hardswish(*tensor); });
}

EXPORT at::Tensor* st_softmax(const at::Tensor* tensor, int64_t dimension)
{
    return new_tensor([&] { return tensor->softmax(dimension); });
}

EXPORT at::Tensor* st_pad(const at::Tensor* tensor, const int64_t* pad, int count, double value)
{
    return new_tensor([&] { return at::constant_pad_nd(*tensor, ints(pad, count), value); });
}

// x / (k + alpha / size * sum of squares over `size` channels around each)^beta, as torch.nn.functional.local_response_norm
// has it; libtorch's C++ functional of that name lives in a header that draws in all of torch::nn.
EXPORT at::Tensor* st_local_response_norm(const at::Tensor* tensor, int64_t size, double alpha, double beta, double k)
{
    return new_tensor([&] {
        auto squares = at::constant_pad_nd(tensor->mul(*tensor).unsqueeze(1), {0, 0, 0, 0, size / 2, (size - 1) / 2});
        auto means = at::avg_pool3d(squares, {size, 1, 1}, 1).squeeze(1);
        return tensor->div(means.mul(alpha).add(k).pow(beta));
    });
}

EXPORT at::Tensor* st_relu_(at::Tensor* tensor)
{
    return new_tensor([&] { return tensor->relu_(); });
}

EXPORT at::Tensor* st_cat(at::Tensor* const* handles, int count, int64_t dimension)
{
    return new_tensor([&] { return at::cat(tensors(handles, count), dimension); });
}

EXPORT at::Tensor* st_conv2d(const at::Tensor* input, const at::Tensor* weight, const at::Tensor* bias,
    const int64_t* strides, int stride_count, const int64_t* padding, int padding_count, const int64_t* dilation, int dilation_count, int64_t groups)
{
    return new_tensor([&] {
        return at::conv2d(*input, *weight, bias == nullptr ? at::Tensor() : *bias, ints(strides, stride_count), ints(padding, padding_count),
            ints(dilation, dilation_count), groups);
    });
}

EXPORT at::Tensor* st_max_pool2d(const at::Tensor* input, const int64_t* kernel, const int64_t* strides, const int64_t* padding, const int64_t* dilation, bool ceil_mode)
{
    return new_tensor([&] {
        return at::max_pool2d(*input, ints(kernel, 2), ints(strides, 2), ints(padding, 2), ints(dilation, 2), ceil_mode);
    });
}

EXPORT at::Tensor* st_avg_pool2d(const at::Tensor* input, const int64_t* kernel, const int64_t* strides, const int64_t* padding, bool ceil_mode, bool count_include_pad)
{
    return new_tensor([&] {
        return at::avg_pool2d(*input, ints(kernel, 2), ints(strides, 2), ints(padding, 2), ceil_mode, count_include_pad);
    });
}

// ---- Autograd

EXPORT bool st_grad_enabled() { return at::GradMode::is_enabled(); }

EXPORT void st_set_grad_enabled(bool value) { at::GradMode::set_enabled(value); }

// Writes one handle per input to results. The graph is freed.
EXPORT int st_grad(at::Tensor* const* outputs, int output_count, at::Tensor* const* inputs, int input_count,
    at::Tensor* const* seeds, int seed_count, at::Tensor** results)
{
    return guarded(-1, [&] {
        auto gradients = torch::autograd::grad(tensors(outputs, output_count), tensors(inputs, input_count),
            tensors(seeds, seed_count));
        for (size_t i = 0; i < gradients.size(); i++)
            results[i] = new at::Tensor(gradients[i]);
        return 0;
    });
}

// ---- Training

// Adds the gradient of one number to the .grad of every leaf behind it. The graph is freed.
EXPORT int st_backward(at::Tensor* tensor)
{
    return guarded(-1, [&] {
        torch::autograd::backward({*tensor}, {});
        return 0;
    });
}

EXPORT void st_clear_grad(at::Tensor* tensor) { tensor->mutable_grad().reset(); }

EXPORT at::Tensor* st_uniform(const int64_t* size, int dimensions, double bound, int device_type, int device_index)
{
    return new_tensor([&] { return at::empty(ints(size, dimensions), options_of(static_cast<int>(at::kFloat), device_type, device_index, false)).uniform_(-bound, bound); });
}

EXPORT at::Tensor* st_batch_norm(const at::Tensor* input, const at::Tensor* weight, const at::Tensor* bias, const at::Tensor* mean, const at::Tensor* variance,
    bool training, double momentum, double epsilon)
{
    return new_tensor([&] {
        return at::batch_norm(*input, *weight, *bias, *mean, *variance, training, momentum, epsilon, at::globalContext().userEnabledCuDNN());
    });
}

EXPORT at::Tensor* st_linear(const at::Tensor* input, const at::Tensor* weight, const at::Tensor* bias)
{
    return new_tensor([&] { return bias == nullptr ? at::linear(*input, *weight) : at::linear(*input, *weight, *bias); });
}

EXPORT at::Tensor* st_cross_entropy(const at::Tensor* input, const at::Tensor* target, double smoothing)
{
    return new_tensor([&] { return at::cross_entropy_loss(*input, *target, {}, at::Reduction::Mean, -100, smoothing); });
}

// One step of SGD on a parameter with a gradient, buffer being its momentum or null. Answers the momentum where it is made now, else null.
EXPORT at::Tensor* st_sgd_step(at::Tensor* parameter, at::Tensor* buffer, double rate, double momentum, double decay, bool nesterov, bool maximize)
{
    return guarded<at::Tensor*>(nullptr, [&]() -> at::Tensor* {
        at::NoGradGuard unrecorded;
        auto gradient = parameter->grad();
        at::Tensor* made = nullptr;
        if (!gradient.defined())
            return made;
        if (decay != 0)
            gradient = gradient.add(*parameter, decay);
        if (momentum != 0) {
            if (buffer == nullptr)
                buffer = made = new at::Tensor(gradient.clone().detach());
            else
                buffer->mul_(momentum).add_(gradient);
            gradient = nesterov ? gradient.add(*buffer, momentum) : *buffer;
        }
        parameter->add_(gradient, maximize ? rate : -rate);
        return made;
    });
}

// ---- The machine

EXPORT int st_get_num_threads()
{
    return guarded(-1, [] { return at::get_num_threads(); });
}

EXPORT int st_set_num_threads(int count)
{
    return guarded(-1, [&] {
        at::set_num_threads(count);
        return 0;
    });
}

EXPORT bool st_cuda_is_available()
{
    return guarded(false, [] { return torch::cuda::is_available(); });
}

EXPORT int st_cuda_device_count()
{
    return guarded(-1, [] { return static_cast<int>(torch::cuda::device_count()); });
}

EXPORT bool st_get_cudnn_tf32() { return at::globalContext().allowTF32CuDNN(); }

EXPORT int st_set_cudnn_tf32(bool value)
{
    return guarded(-1, [&] {
        at::globalContext().setAllowTF32CuDNN(value);
        return 0;
    });
}

EXPORT bool st_get_matmul_tf32() { return at::globalContext().allowTF32CuBLAS(); }

EXPORT int st_set_matmul_tf32(bool value)
{
    return guarded(-1, [&] {
        at::globalContext().setAllowTF32CuBLAS(value);
        return 0;
    });
}
