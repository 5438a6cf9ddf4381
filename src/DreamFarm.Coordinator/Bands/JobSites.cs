using DreamFarm.Imaging;

namespace DreamFarm.Coordinator;

/// <summary>The jobs that have bands on this silo.</summary>
internal sealed class JobSites(Dispatcher dispatcher, JobFiles files)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JobSite> _sites = [];

    /// <summary>
    /// Lets as many bands begin an octave at once as there are processors: each resizes through buffers that grow with the canvas's
    /// width, and all at once they would outgrow the pixels.
    /// </summary>
    public SemaphoreSlim Opening { get; } = new(Environment.ProcessorCount);

    /// <summary>Lets two bands at once write to a checkpoint or read from one: more do not make a disk faster.</summary>
    public SemaphoreSlim Keeping { get; } = new(2);

    /// <summary>How many jobs have bands here.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _sites.Count;
        }
    }

    /// <summary>Opens the job's site for one band; the first one does the work.</summary>
    public JobSite Open(BandOrder order)
    {
        lock (_lock)
        {
            if (!_sites.TryGetValue(order.Job, out var site))
            {
                var plan = order.ToPlan();
                var original = new RawOriginal(new RawImage(JobFiles.Pixels(files.Folder(order.Job)), order.InputWidth, order.InputHeight, order.InputBits));
                var target = JobTarget.For(order.Job, plan.Network.Name, plan.WeightsSha256, plan.Objective, plan.Plan)
                    with
                {
                    GuideSha256 = plan.GuideSha256,
                    Mixed = plan.Spec.Mixed,
                    Owner = order.Owner,
                    Priority = order.Priority,
                    NumericsClass = order.NumericsClass.Length > 0 ? order.NumericsClass : null,
                };
                _sites[order.Job] = site = new JobSite(plan, original, dispatcher.Open(target));
            }
            site.Users++;
            return site;
        }
    }

    /// <summary>A band is gone; with the last one the job's way to the workers is closed.</summary>
    public async ValueTask CloseAsync(string job)
    {
        JobSite site;
        lock (_lock)
        {
            site = _sites[job];
            if (--site.Users > 0)
                return;
            _sites.Remove(job);
        }
        await site.DisposeAsync();
    }
}
