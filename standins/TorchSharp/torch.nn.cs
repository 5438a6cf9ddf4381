using TorchSharp.Modules;

namespace TorchSharp;

public static unsafe partial class torch
{
    public static partial class nn
    {
        public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, long groups = 1, bool bias = true, Device? device = null) =>
            new([out_channels, in_channels / groups, kernel_size.Item1, kernel_size.Item2], Both(stride ?? (1, 1)), Both(padding ?? (0, 0)), Both(dilation ?? (1, 1)), groups, bias, device);

        public static BatchNorm2d BatchNorm2d(long num_features, double eps = 1e-05, double momentum = 0.1, Device? device = null) =>
            new(num_features, eps, momentum, device);

        public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null) => new(inputSize, outputSize, hasBias, device);

        private static long[] Both((long, long) pair) => [pair.Item1, pair.Item2];

        /// <summary>A part of a network.</summary>
        public abstract class Module : IDisposable
        {
            /// <summary>Whether it is being trained; at first it is.</summary>
            public virtual bool training { get; private set; } = true;

            public virtual void train(bool train = true) => training = train;

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected abstract void Dispose(bool disposing);

            private protected static Parameter Uniform(long[] shape, double bound, Device? device)
            {
                device ??= CPU;
                fixed (long* sizes = shape)
                {
                    var made = new Parameter(Tensor.Own(Native.st_uniform(sizes, shape.Length, bound, (int)device.type, device.index)));
                    made.DetachFromDisposeScope();
                    return made;
                }
            }
        }

        /// <summary>A part that makes one tensor of another.</summary>
        public abstract class Module<T, TResult> : Module
        {
            public abstract TResult forward(T input);
        }
    }
}
