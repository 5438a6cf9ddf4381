using System.Collections.Concurrent;
using DreamFarm.Decoder;
using DreamFarm.Imaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>
/// Reads what clients have sent in child processes. Headers are checked by a few that are kept warm, since a submission waits
/// for that; they can write no file. Every whole decode has a process of its own.
/// </summary>
/// <remarks>
/// A checker serves submissions of any owner, and one whose image was refused goes on: refusing is its everyday work, whoever
/// breaks into it would hardly say so, and a process per bad file is what an attacker would like to make the coordinator pay.
/// What limits the damage is that a checker knows one path at a time, that its answer is checked again by the decode, and
/// that it is replaced after <see cref="MostAnswers"/> answers.
/// </remarks>
internal sealed class DecoderPool(JobFiles files, CoordinatorOptions options, TimeProvider time, ILogger<DecoderPool> log)
    : IHostedService, IAsyncDisposable
{
    /// <summary>Answers after which a checker is replaced.</summary>
    public const int MostAnswers = 1000;

    private const int Checkers = 2;
    private const int DecodesAtOnce = 2;

    // A header is a few kilobytes; what needs longer even on a machine that is busy with other things is not worth it.
    private static readonly TimeSpan LongestCheck = TimeSpan.FromSeconds(30);

    private readonly TimeSpan _checkLimit = options.DecodeLimit < LongestCheck ? options.DecodeLimit : LongestCheck;
    private readonly DecoderStarter _starter = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _checking = new(Checkers);
    private readonly SemaphoreSlim _decoding = new(DecodesAtOnce);
    private readonly ConcurrentBag<DecoderProcess> _idle = [];
    private readonly ConcurrentDictionary<DecoderProcess, bool> _alive = [];
    private Task _warming = Task.CompletedTask;
    private bool _disposed;

    /// <summary>The process ids of the decoders that there are now.</summary>
    public IReadOnlyCollection<int> Processes => [.. _alive.Keys.Select(decoder => decoder.Id)];

    /// <summary>Starts the checkers; returns before they are warm.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _warming = Task.WhenAll(Enumerable.Range(0, Checkers).Select(_ => Task.Run(WarmAsync, cancellationToken)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Reads an image's header.</summary>
    /// <param name="input">The file.</param>
    /// <param name="name">What its owner calls it, for sentences.</param>
    /// <exception cref="ImageException">No image, a broken header, too many pixels, or more work than there may be.</exception>
    /// <exception cref="JobProblem">No decoder starts.</exception>
    public async Task<ImageInfo> InspectAsync(string input, string name, CancellationToken cancellation)
    {
        await _checking.WaitAsync(cancellation);
        try
        {
            var reply = await TwiceAsync(name, async () =>
            {
                var checker = await TakeAsync() ?? await StartCheckerAsync(cancellation);
                try
                {
                    return await checker.AskAsync(new DecoderRequest(input, options.MaxInputPixels), _checkLimit, cancellation);
                }
                finally
                {
                    await GiveBackAsync(checker);
                }
            });
            return Judge(reply, input, name);
        }
        finally
        {
            _checking.Release();
        }
    }

    /// <summary>Decodes an image as <see cref="ImageReader.DecodeAsync"/> does. The files may be left incomplete on failure.</summary>
    /// <param name="input">The file.</param>
    /// <param name="name">What its owner calls it, for sentences.</param>
    /// <param name="pixels">Where the pixels go.</param>
    /// <param name="alpha">Where the alpha channel goes, if it has one.</param>
    /// <param name="longest">The length of the longer of the two, bytes.</param>
    /// <exception cref="ImageException">Damaged, cut short, or more work than there may be.</exception>
    /// <exception cref="JobProblem">No decoder starts, or the disk refuses the pixels.</exception>
    public async Task<ImageInfo> DecodeAsync(string input, string name, string pixels, string alpha, long longest, CancellationToken cancellation)
    {
        await _decoding.WaitAsync(cancellation);
        try
        {
            var reply = await TwiceAsync(name, async () =>
            {
                var decoder = await StartAsync(longest, cancellation);
                try
                {
                    return await decoder.AskAsync(new DecoderRequest(input, options.MaxInputPixels, pixels, alpha), options.DecodeLimit, cancellation);
                }
                finally
                {
                    await EndAsync(decoder);
                }
            });
            return Judge(reply, input, name);
        }
        finally
        {
            _decoding.Release();
        }
    }

    /// <summary>Ends every decoder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _stopping.CancelAsync();
        await _warming;
        foreach (var decoder in _alive.Keys)
            await EndAsync(decoder);
        _starter.Dispose();
    }

    private ImageInfo Judge(DecoderReply reply, string input, string name) => reply.Kind switch
    {
        ReplyKind.Read when (long)reply.Image!.Width * reply.Image.Height <= options.MaxInputPixels => reply.Image,
        ReplyKind.Refused => throw new ImageException(reply.Text.Replace(input, name, StringComparison.Ordinal)),
        ReplyKind.NotStored => throw NotStored(name, new IOException(reply.Text)),
        ReplyKind.OutOfMemory => throw TooLarge(name),
        _ => throw new ImageException($"{name} cannot be decoded: its decoder answered nonsense"),
    };

    private static JobProblem NotStored(string name, IOException disk) => new($"the coordinator cannot read or store {name}: {DiskReason.Of(disk)}", disk);

    private ImageException TooLarge(string name) => new(
        $"{name} cannot be decoded within {options.DecodeMemoryBytes >> 20} MB of memory, the coordinator's --decode-memory: a smaller image, or one that is neither interlaced nor progressive, takes less");

    /// <summary>
    /// Asks, and asks once more if the decoder was lost: the system may have killed it for reasons of its own. A second loss is
    /// taken for the image's fault.
    /// </summary>
    private async Task<DecoderReply> TwiceAsync(string name, Func<Task<DecoderReply>> ask)
    {
        try
        {
            try
            {
                return await ask();
            }
            catch (DecoderEndedException e) when (e.End == DecoderEnd.Lost)
            {
                log.DecoderLost(e.Message, name);
                return await ask();
            }
        }
        catch (DecoderEndedException e)
        {
            throw e.End switch
            {
                DecoderEnd.DidNotStart => new JobProblem($"{name} cannot be decoded: the coordinator's decoder {e.Message}", e),
                DecoderEnd.OutOfMemory => TooLarge(name),
                DecoderEnd.OutOfTime => new ImageException($"{name} cannot be decoded: its decoder {e.Message}, the most that it may (--decode-seconds of the coordinator)", e),
                _ => new ImageException($"{name} cannot be decoded: its decoder {e.Message}", e),
            };
        }
    }

    private async Task WarmAsync()
    {
        try
        {
            _idle.Add(await StartCheckerAsync(_stopping.Token));
        }
        catch (DecoderEndedException e)
        {
            // The first submission that needs one tries again, and says so.
            log.DecoderDidNotStart(e.Message);
        }
        catch (OperationCanceledException)
        {
            // The coordinator stops.
        }
    }

    private Task<DecoderProcess> StartCheckerAsync(CancellationToken cancellation) => StartAsync(fileBytes: 0, cancellation);

    private async Task<DecoderProcess> StartAsync(long fileBytes, CancellationToken cancellation)
    {
        _stopping.Token.ThrowIfCancellationRequested();
        // Processor time is that of all its threads, and only a backstop: the coordinator kills it by the clock.
        long cpuSeconds = 1 + (long)options.DecodeLimit.TotalSeconds * Environment.ProcessorCount;
        var limits = new ProcessLimits(Environment.ProcessId, options.DecodeMemoryBytes, cpuSeconds, fileBytes);
        var decoder = await DecoderProcess.StartAsync(_starter, files.DecoderFolder(), limits, time, log, cancellation);
        _alive[decoder] = true;
        return decoder;
    }

    /// <summary>A checker that is warm; null if there is none. One that was killed while it idled is no image's fault.</summary>
    private async Task<DecoderProcess?> TakeAsync()
    {
        while (_idle.TryTake(out var checker))
        {
            if (checker.IsAlive)
                return checker;
            await EndAsync(checker);
        }
        return null;
    }

    private async Task GiveBackAsync(DecoderProcess checker)
    {
        if (checker.IsAlive && checker.Answers < MostAnswers)
        {
            _idle.Add(checker);
            return;
        }
        await EndAsync(checker);
    }

    private async Task EndAsync(DecoderProcess decoder)
    {
        if (_alive.TryRemove(decoder, out _))
            await decoder.DisposeAsync();
    }
}
