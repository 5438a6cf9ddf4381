using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>
/// Lets a grain go that nothing needs any more. Orleans' own collector counts in the wall clock's time: when that is put back by
/// more than the age at which grains are collected, no grain comes to life until the clock is where it was. So every grain here is exempt
/// from it.
/// </summary>
internal static class IdleGrain
{
    /// <summary>How often a grain is looked at.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(15);

    /// <summary>Ends the activation at the first look that finds nothing in need of it. To be called as it is activated.</summary>
    /// <param name="isIdle">Asked in a turn of the grain.</param>
    public static void Watch(Grain grain, Func<bool> isIdle, ILogger log) => grain.RegisterGrainTimer(
        () =>
        {
            if (isIdle())
            {
                log.Idle(grain.GetPrimaryKeyString());
                ((IGrainBase)grain).DeactivateOnIdle();
            }
            return Task.CompletedTask;
        },
        Period,
        Period);
}
