using TorchSharp;

namespace DreamFarm.Training;

/// <summary>Threads that compute with libtorch: what it knows of threads, scopes and gradients belongs to the thread that says it.</summary>
internal static class TorchThread
{
    /// <summary>Does something on a thread of its own that computes with as many threads as asked for; 0 means one for each processor.</summary>
    public static Task<T> Run<T>(int threads, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                // Asked first, as a thread that has said nothing takes over, once, what another one said last.
                _ = torch.get_num_threads();
                torch.set_num_threads(threads > 0 ? threads : Environment.ProcessorCount);
                done.SetResult(work());
            }
            catch (OperationCanceledException error)
            {
                done.SetCanceled(error.CancellationToken);
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        })
        { IsBackground = true, Name = "training" }.Start();
        return done.Task;
    }

    /// <summary>The device of that name.</summary>
    /// <exception cref="ArgumentException">There is none; one sentence for the user.</exception>
    public static torch.Device Device(string name)
    {
        if (name == "cpu")
            return torch.CPU;
        var parts = name.Split(':');
        var index = 0;
        if (parts[0] != "cuda" || parts.Length > 2 || parts.Length == 2 && !int.TryParse(parts[1], System.Globalization.NumberStyles.None, null, out index))
            throw new ArgumentException($"There is no device \"{name}\"; it can be cpu, cuda or cuda:N.");
        var count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        if (index >= count)
            throw new ArgumentException(count == 0
                ? $"Device {name} cannot be used: this machine has no CUDA device, or its libtorch was built without CUDA."
                : $"There is no device {name}: this machine has cuda:0 to cuda:{count - 1}.");
        return torch.device($"cuda:{index}");
    }
}
