using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator;

/// <summary>A tile whose gradient somebody waits for.</summary>
internal sealed class PendingGradient(JobDispatch job, WindowRequest request)
    : PendingAnswer<CoreGradient>(job, request, job.Target.Setup(request.Objective, request.Octave.Size), job.Times)
{
    public override string ToString() => $"{base.ToString()}, step {Request.Step + 1}";
}
