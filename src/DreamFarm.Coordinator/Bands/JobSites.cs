using DreamFarm.Imaging;

namespace DreamFarm.Coordinator;

/// <summary>The jobs that have bands on this silo.</summary>
internal sealed class JobSites(Dispatcher dispatcher, JobFiles files)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Opened> _sites = [];

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

    /// <summary>Opens the job's site for one band; the first one does the work, on the thread pool: a disk that hangs holds up no other job.</summary>
    public async Task<JobSite> OpenAsync(BandOrder order)
    {
        Opened opened;
        lock (_lock)
        {
            if (!_sites.TryGetValue(order.Job, out var found))
                _sites[order.Job] = found = new Opened(Task.Run(() => Open(order)));
            opened = found;
            opened.Users++;
        }
        try
        {
            return await opened.Site;
        }
        catch
        {
            // The next to ask tries again.
            lock (_lock)
            {
                if (_sites.GetValueOrDefault(order.Job) == opened)
                    _sites.Remove(order.Job);
            }
            throw;
        }
    }

    /// <summary>A band is gone; with the last one the job's way to the workers is closed.</summary>
    public async ValueTask CloseAsync(string job)
    {
        Opened opened;
        lock (_lock)
        {
            opened = _sites[job];
            if (--opened.Users > 0)
                return;
            _sites.Remove(job);
        }
        await (await opened.Site).DisposeAsync();
    }

    private JobSite Open(BandOrder order)
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
        return new JobSite(plan, original, dispatcher.Open(target));
    }

    private sealed class Opened(Task<JobSite> site)
    {
        public Task<JobSite> Site { get; } = site;

        /// <summary>Bands that use it or wait for it.</summary>
        public int Users { get; set; }
    }
}
