using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static class optim
    {
        /// <param name="learningRate">Of all parameters.</param>
        public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
            new([new SGD.ParamGroup(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize)]);

        /// <param name="parameters">Groups, each with numbers of its own, which count in place of those given here.</param>
        public static SGD SGD(IEnumerable<SGD.ParamGroup> parameters, double learningRate, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
            new(parameters);

        /// <summary>Moves parameters along or against their gradients.</summary>
        public abstract class Optimizer : IDisposable
        {
            public abstract Tensor? step(Func<Tensor>? closure = null);

            public abstract void zero_grad();

            public abstract StateDictionary state_dict();

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected abstract void Dispose(bool disposing);

            /// <summary>States in the order of groups and parameters.</summary>
            public class StateDictionary
            {
                internal StateDictionary(List<OptimizerState> states) => State = states;

                public List<OptimizerState> State { get; }
            }
        }
    }
}
