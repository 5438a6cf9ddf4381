using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>
/// The states of a job and all ways between them. A state is what was decided and written down: a job that is to pause is
/// paused from then on, though its run still ends, and whatever that run ends with goes through the table too. Every command may come twice.
/// </summary>
internal static class JobMoves
{
    private const V1.JobState Queued = V1.JobState.Queued, Running = V1.JobState.Running, Paused = V1.JobState.Paused,
        Cancelling = V1.JobState.Cancelling, Cancelled = V1.JobState.Cancelled, Failed = V1.JobState.Failed, Done = V1.JobState.Done;

    // The columns of the table.
    private static readonly V1.JobState[] States = [Queued, Running, Paused, Cancelling, Cancelled, Failed, Done];

    private static readonly JobMove Stay = new(null, null);
    private static readonly JobMove Ending = No("is being cancelled; when it is cancelled, `jobs retry` starts it again");
    private static readonly JobMove Closing = No("is being cancelled; delete it when it is cancelled");
    private static readonly JobMove Ended = No("is cancelled; `jobs retry` starts it again");
    private static readonly JobMove Broken = No("has failed; `jobs retry` starts it again");
    private static readonly JobMove Finished = No("is done; its picture is there for `jobs result`");
    private static readonly JobMove Resting = No("is paused; `jobs resume` goes on with it");
    private static readonly JobMove NoTurn = No("waits for no turn");
    private static readonly JobMove Busy = No("is not finished; cancel it first");
    private static readonly JobMove Vanish = To(JobMove.Gone);

    // A table is read by its columns, which the formatter would not keep.
#pragma warning disable format
    private static readonly Dictionary<JobCommand, JobMove[]> Table = new()
    {
        //                          queued         running         paused         cancelling     cancelled   failed      done
        [JobCommand.Start] =       [To(Running),   Stay,           NoTurn,        NoTurn,        NoTurn,     NoTurn,     NoTurn],
        [JobCommand.GiveWay] =     [Stay,          To(Queued),     Stay,          Stay,          Stay,       Stay,       Stay],
        [JobCommand.Pause] =       [To(Paused),    To(Paused),     Stay,          Ending,        Ended,      Broken,     Finished],
        [JobCommand.Resume] =      [Stay,          Stay,           To(Queued),    Ending,        Ended,      Broken,     Finished],
        [JobCommand.ResumeMixed] = [To(Queued),    To(Queued),     To(Queued),    Ending,        Ended,      Broken,     Finished],
        [JobCommand.Retry] =       [Stay,          Stay,           Resting,       Ending,        To(Queued), To(Queued), Finished],
        [JobCommand.Cancel] =      [To(Cancelled), To(Cancelling), To(Cancelled), Stay,          Stay,       Stay,       Stay],
        [JobCommand.Delete] =      [Busy,          Busy,           Vanish,        Closing,       Vanish,     Vanish,     Vanish],
        [JobCommand.Restart] =     [Stay,          To(Queued),     Stay,          To(Cancelled), Stay,       Stay,       Stay],
        [JobCommand.Complete] =    [To(Done),      To(Done),       To(Done),      To(Cancelled), Stay,       Stay,       Stay],
        [JobCommand.Stop] =        [Stay,          To(Queued),     Stay,          To(Cancelled), Stay,       Stay,       Stay],
        [JobCommand.Fail] =        [To(Failed),    To(Failed),     To(Failed),    To(Cancelled), Stay,       Stay,       Stay],
    };
#pragma warning restore format

    /// <summary>What the command does to a job in the state.</summary>
    public static JobMove Of(JobCommand command, V1.JobState state) => Table[command][Array.IndexOf(States, state)];

    private static JobMove To(V1.JobState state) => new(state, null);

    private static JobMove No(string why) => new(null, why);
}
