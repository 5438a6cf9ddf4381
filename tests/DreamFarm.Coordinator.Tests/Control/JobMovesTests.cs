using DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator.Tests;

public class JobMovesTests
{
    private static readonly JobState[] States = [.. Enum.GetValues<JobState>().Where(state => state != JobState.Unspecified)];

    private static readonly JobCommand[] ByPeople = [JobCommand.Pause, JobCommand.Resume, JobCommand.ResumeMixed, JobCommand.Retry, JobCommand.Cancel, JobCommand.Delete];

    public static TheoryData<string, string, string> Moves()
    {
        // What each command leads to from each state: a state, "-" if the job stays as it is, "no" if it is refused.
        const string table = """
                         Queued     Running     Paused     Cancelling  Cancelled  Failed   Done
            Start        Running    -           no         no          no         no       no
            GiveWay      -          Queued      -          -           -          -        -
            Pause        Paused     Paused      -          no          no         no       no
            Resume       -          -           Queued     no          no         no       no
            ResumeMixed  Queued     Queued      Queued     no          no         no       no
            Retry        -          -           no         no          Queued     Queued   no
            Cancel       Cancelled  Cancelling  Cancelled  -           -          -        -
            Delete       no         no          gone       no          gone       gone     gone
            Restart      -          Queued      -          Cancelled   -          -        -
            Complete     Done       Done        Done       Cancelled   -          -        -
            Stop         -          Queued      -          Cancelled   -          -        -
            Fail         Failed     Failed      Failed     Cancelled   -          -        -
            """;
        string[][] rows = [.. table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        var data = new TheoryData<string, string, string>();
        foreach (string[] row in rows.Skip(1))
            for (int column = 0; column < rows[0].Length; column++)
                data.Add(row[0], rows[0][column], row[column + 1]);
        Assert.Equal(Enum.GetValues<JobCommand>().Length * States.Length, data.Count);
        return data;
    }

    [Theory]
    [MemberData(nameof(Moves))]
    public void Every_command_in_every_state_leads_where_the_table_says_and_a_second_time_nowhere_else(string command, string state, string expected)
    {
        var (what, before) = (Enum.Parse<JobCommand>(command), Enum.Parse<JobState>(state));
        var move = JobMoves.Of(what, before);
        Assert.Equal(expected, move switch
        {
            { Refusal: not null } => "no",
            { To: null } => "-",
            { To: JobMove.Gone } => "gone",
            { To: { } to } => to.ToString(),
        });
        if (move.To is not { } after || after == JobMove.Gone)
            return;
        var again = JobMoves.Of(what, after);
        Assert.Null(again.Refusal);
        Assert.Equal(after, again.To ?? after);
    }

    [Fact]
    public void Every_refusal_of_a_persons_command_says_how_the_job_stands_and_what_would_help()
    {
        foreach (var command in ByPeople)
            foreach (var state in States)
                if (JobMoves.Of(command, state).Refusal is { } refusal)
                    Assert.Matches("^(is|has) .+; .+", refusal);
    }

    [Fact]
    public void Whatever_happens_a_job_can_be_brought_to_its_end_and_deleted()
    {
        foreach (var state in States)
        {
            var now = JobMoves.Of(JobCommand.Cancel, state).To ?? state;
            now = JobMoves.Of(JobCommand.Stop, now).To ?? now;
            Assert.Equal(JobMove.Gone, JobMoves.Of(JobCommand.Delete, now).To);
        }
    }
}
