namespace TorchSharp;

public static unsafe partial class torch
{
    /// <summary>A handle to a native tensor, registered with the innermost dispose scope of the thread that made it.</summary>
    public class Tensor : IDisposable
    {
        private nint handle;

        internal Tensor(nint handle)
        {
            this.handle = handle;
            OwningDisposeScope = DisposeScope.Current;
            OwningDisposeScope?.Add(this);
        }

        ~Tensor() => Release();

        /// <summary>Whether the tensor was disposed.</summary>
        public bool IsInvalid => handle == 0;

        /// <exception cref="InvalidOperationException">The tensor was disposed.</exception>
        public nint Handle => handle != 0 ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        public long[] shape
        {
            get
            {
                var sizes = new long[Native.st_dimensions(Handle)];
                for (int i = 0; i < sizes.Length; i++)
                    sizes[i] = Native.st_size(handle, i);
                return sizes;
            }
        }

        public ScalarType dtype => (ScalarType)Native.st_dtype(Handle);

        public Device device => new((DeviceType)Native.st_device_type(Handle), Native.st_device_index(Handle));

        public bool requires_grad => Native.st_requires_grad(Handle);

        /// <summary>The values as bytes, in place, until the tensor is disposed.</summary>
        /// <exception cref="InvalidOperationException">The tensor is not contiguous, or not in the CPU's memory.</exception>
        /// <exception cref="ArgumentException">More than 2^31 - 1 bytes.</exception>
        public Span<byte> bytes
        {
            get
            {
                if (!is_contiguous())
                    throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
                long size = Native.st_element_size(handle);
                foreach (long length in shape)
                    size *= length;
                if (size > int.MaxValue)
                    throw new ArgumentException("Span only supports up to int.MaxValue elements.");
                if ((DeviceType)Native.st_device_type(handle) != DeviceType.CPU)
                    throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
                nint data = Native.st_data(handle);
                if (data == 0)
                    CheckForErrors();
                return new Span<byte>((void*)data, (int)size);
            }
        }

        internal DisposeScope? OwningDisposeScope { get; set; }

        public bool is_contiguous() => Native.st_is_contiguous(Handle);

        public Tensor requires_grad_(bool requires_grad = true)
        {
            Checked(Native.st_set_requires_grad(Handle, requires_grad));
            return this;
        }

        public Tensor to(Device device) => Own(Native.st_to_device(Handle, (int)device.type, device.index));

        public Tensor to(ScalarType type) => Own(Native.st_to_type(Handle, (int)type));

        /// <summary>Takes over another tensor's values; where both memories allow it and it need not be waited for, the copy goes on by itself.</summary>
        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            Checked(Native.st_copy_(Handle, source.Handle, nonBlocking));
            return this;
        }

        /// <summary>A copy in memory that a GPU can read by itself.</summary>
        public Tensor pin_memory() => Own(Native.st_pin_memory(Handle));

        public Tensor cpu() => to(CPU);

        public Tensor permute(params long[] permutation)
        {
            fixed (long* order = permutation)
                return Own(Native.st_permute(Handle, order, permutation.Length));
        }

        public Tensor narrow(long dim, long start, long length) => Own(Native.st_narrow(Handle, dim, start, length));

        public Tensor reshape(params long[] shape)
        {
            fixed (long* sizes = shape)
                return Own(Native.st_reshape(Handle, sizes, shape.Length));
        }

        public Tensor contiguous() => Own(Native.st_contiguous(Handle));

        public Tensor mul(Scalar target) => Own(Native.st_mul_scalar(Handle, target.Value));

        public Tensor mul(Tensor target) => Own(Native.st_mul(Handle, target.Handle));

        public Tensor add(Scalar scalar) => Own(Native.st_add_scalar(Handle, scalar.Value));

        public Tensor add(Tensor target) => Own(Native.st_add(Handle, target.Handle));

        /// <summary>The mean over some dimensions.</summary>
        public Tensor mean(long[] dimensions, bool keepdim = false)
        {
            fixed (long* first = dimensions)
                return Own(Native.st_mean(Handle, first, dimensions.Length, keepdim));
        }

        public Tensor sign_() => Own(Native.st_sign_(Handle));

        public Tensor relu() => Own(Native.st_relu(Handle));

        public Tensor leaky_relu(Scalar negative_slope) => Own(Native.st_leaky_relu(Handle, negative_slope.Value));

        public Tensor clamp(Scalar? min = null, Scalar? max = null) =>
            Own(Native.st_clamp(Handle, min?.Value ?? double.NegativeInfinity, max?.Value ?? double.PositiveInfinity));

        public Tensor sigmoid() => Own(Native.st_sigmoid(Handle));

        public Tensor hardswish() => Own(Native.st_hardswish(Handle));

        public Tensor relu_() => Own(Native.st_relu_(Handle));

        /// <summary>Adds the gradient of this one number to that of every leaf that it was computed from.</summary>
        public void backward() => Checked(Native.st_backward(Handle));

        /// <summary>Takes the tensor out of its scope: whoever holds it disposes it.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Forget(this);
            OwningDisposeScope = null;
            return this;
        }

        public void Dispose()
        {
            OwningDisposeScope?.Forget(this);
            Release();
            GC.SuppressFinalize(this);
        }

        /// <summary>Lets go of the native tensor for another object to hold.</summary>
        internal nint MoveHandle()
        {
            nint moved = Handle;
            OwningDisposeScope?.Forget(this);
            OwningDisposeScope = null;
            handle = 0;
            GC.SuppressFinalize(this);
            return moved;
        }

        internal static Tensor Own(nint handle)
        {
            if (handle == 0)
                CheckForErrors();
            return new Tensor(handle);
        }

        private void Release()
        {
            if (handle != 0)
                Native.st_dispose(handle);
            handle = 0;
        }
    }
}
