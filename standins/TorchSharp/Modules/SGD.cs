namespace TorchSharp.Modules;

/// <summary>Stochastic gradient descent, with momentum where asked for.</summary>
public class SGD : torch.optim.Optimizer
{
    private readonly List<ParamGroup> groups = [];

    internal SGD(IEnumerable<ParamGroup> parameters)
    {
        foreach (ParamGroup group in parameters)
        {
            if (group.Nesterov && group.Momentum <= 0)
                throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
            groups.Add(group);
        }
    }

    /// <summary>Moves every parameter that has a gradient.</summary>
    public override torch.Tensor? step(Func<torch.Tensor>? closure = null)
    {
        torch.Tensor? loss = closure?.Invoke();
        foreach (ParamGroup group in groups)
        {
            for (int i = 0; i < group.Held.Length; i++)
            {
                State state = group.States[i];
                nint buffer = Native.st_sgd_step(group.Held[i].Handle, state.momentum_buffer?.Handle ?? 0,
                    group.LearningRate, group.Momentum, group.WeightDecay, group.Nesterov, group.Maximize);
                torch.CheckForErrors();
                if (buffer != 0)
                    state.momentum_buffer = torch.Tensor.Own(buffer).DetachFromDisposeScope();
            }
        }

        return loss;
    }

    /// <summary>Forgets all gradients.</summary>
    public override void zero_grad()
    {
        foreach (Parameter parameter in groups.SelectMany(group => group.Held))
            Native.st_clear_grad(parameter.Handle);
    }

    /// <summary>What the optimizer keeps of each parameter, group by group: the states themselves, no copies.</summary>
    public override StateDictionary state_dict() => new([.. groups.SelectMany(group => group.States)]);

    protected override void Dispose(bool disposing)
    {
        foreach (State state in groups.SelectMany(group => group.States))
            state.momentum_buffer?.Dispose();
    }

    /// <summary>What is kept of one parameter.</summary>
    public sealed class State : OptimizerState
    {
        /// <summary>Null before the first step.</summary>
        public torch.Tensor? momentum_buffer;
    }

    /// <summary>Parameters that are moved alike.</summary>
    public class ParamGroup
    {
        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
        {
            if (dampening != 0)
                throw new NotSupportedException("The stand-in dampens no gradients.");
            Held = [.. parameters];
            States = Array.ConvertAll(Held, _ => new State());
            (LearningRate, Momentum, WeightDecay, Nesterov, Maximize) = (lr, momentum, weight_decay, nesterov, maximize);
        }

        public double LearningRate { get; set; }

        public double Momentum { get; set; }

        internal double WeightDecay { get; }

        internal bool Nesterov { get; }

        internal bool Maximize { get; }

        internal Parameter[] Held { get; }

        internal State[] States { get; }
    }
}
