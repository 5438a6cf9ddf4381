using TorchSharp;

namespace DreamFarm.Engine;

/// <summary>Where and how an engine computes.</summary>
public sealed record EngineOptions
{
    /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>
    /// Windows, or batches of windows, computed at a time, each on a thread of its own; null means one for each processor on a CPU and one on
    /// a GPU, whose kernels fill it by themselves.
    /// </summary>
    public int? Lanes { get; init; }

    /// <summary>Whether each lane keeps to a processor of its own; changes nothing on a GPU.</summary>
    public Pinning Pinning { get; init; }

    /// <summary>The network's arithmetic. Another precision is another numerics class.</summary>
    public EnginePrecision Precision { get; init; }

    /// <summary>Whether a lane computes several windows together, as <see cref="WindowBatch"/> says: on a GPU.</summary>
    public bool Batches => Device != "cpu";

    /// <summary>Windows a batch that a test asks for, on any device; null for as many as there are to be.</summary>
    internal int? Batch { get; init; }

    /// <summary><see cref="Lanes"/>, or what is taken in their place.</summary>
    public int LaneCount => Lanes ?? (Device == "cpu" ? Environment.ProcessorCount : 1);

    /// <summary>The processors that lanes keep to, in turn; none if the system places them.</summary>
    internal int[] LaneProcessors()
    {
        if (Device != "cpu" || Pinning == Pinning.Off)
            return [];
        IReadOnlyList<int> allowed = Processors.Allowed();
        return Pinning == Pinning.On || allowed.Count == LaneCount ? [.. allowed] : [];
    }

    /// <exception cref="ArgumentException">No such device, a precision that it does not have, or a number of lanes that makes no sense; one sentence for the user.</exception>
    internal torch.Device Resolve()
    {
        if (LaneCount is < 1 or > 1024)
            throw new ArgumentException($"{LaneCount} lanes are not possible; 1 to 1024 are.");
        if (Device == "cpu")
        {
            return Precision is EnginePrecision.Tf32 or EnginePrecision.Float16
                ? throw new ArgumentException($"{Precision.ToString().ToLowerInvariant()} is for GPUs; on a CPU the precision can be float32 or bfloat16.")
                : torch.CPU;
        }

        string[] parts = Device.Split(':');
        int index = 0;
        if (parts[0] != "cuda" || parts.Length > 2 || parts.Length == 2 && !int.TryParse(parts[1], System.Globalization.NumberStyles.None, null, out index))
            throw new ArgumentException($"there is no device \"{Device}\"; it can be cpu, cuda or cuda:N.");
        int count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        if (count == 0)
            throw new ArgumentException($"device {Device} cannot be used: this machine has no CUDA device, or its libtorch was built without CUDA.");
        if (index >= count)
            throw new ArgumentException($"there is no device {Device}: this machine has cuda:0 to cuda:{count - 1}.");
        return torch.device($"cuda:{index}");
    }
}
