using System.Globalization;
using Grpc.Core;

namespace DreamFarm.Cli.Connection;

/// <summary>
/// Repeats calls that were cut off, for a while: a coordinator may be restarted, or a network be gone, under whoever waits for
/// a job. Where nobody has answered yet, nothing is repeated: that is a wrong address.
/// </summary>
internal sealed class Reconnection
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time = TimeProvider.System;
    private bool _answered;
    private long? _cut;
    private TimeSpan _pause;

    /// <summary>The coordinator has answered: after the next cut there is patience again.</summary>
    public void Answered()
    {
        if (_cut is not null)
            Console.Error.WriteLine("the coordinator answers again");
        (_answered, _cut) = (true, null);
    }

    /// <summary>Somebody was reached, who may have done what his answer would say: what is cut off from now on is repeated.</summary>
    public void Reached() => _answered = true;

    /// <summary>Runs something that may be begun again at any point, until it was not cut off.</summary>
    /// <exception cref="RpcException">It failed otherwise, or nobody has answered for two minutes.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> attempt, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var result = await attempt();
                Answered();
                return result;
            }
            catch (RpcException e) when (!cancellation.IsCancellationRequested && ConnectionCut.Is(e) && (_answered || ConnectionCut.WasConnected(e)))
            {
                if (_cut is null)
                    BePatient();
                else if (_time.GetElapsedTime(_cut.Value) > Patience)
                    throw;
            }
            await Task.Delay(_pause, _time, cancellation);
            _pause = TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, LongestPause.Ticks));
        }
    }

    private void BePatient()
    {
        (_answered, _cut, _pause) = (true, _time.GetTimestamp(), FirstPause);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"the connection to the coordinator is lost; trying again for {Patience.TotalMinutes:0} minutes, Ctrl-C ends it"));
    }
}
