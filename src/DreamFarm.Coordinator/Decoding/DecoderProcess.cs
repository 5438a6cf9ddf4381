using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DreamFarm.Decoder;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>
/// One child process that reads images. It is started with an empty environment and a folder of its own, limits itself
/// before it reads anything, and is trusted with nothing: its answers are checked, and it is killed when it takes too long.
/// </summary>
internal sealed class DecoderProcess : IAsyncDisposable
{
    private const int TailBytes = 2048;

    // A child that does not even start is no image's fault, and no machine is that slow.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly byte[] _tail = new byte[TailBytes];
    private readonly Task _draining;
    private int _tailLength;
    private bool _ended;

    private DecoderProcess(Process process, string folder, TimeProvider time, ILogger log)
    {
        (_process, _folder, _time, _log) = (process, folder, time, log);
        Id = process.Id;
        _draining = DrainAsync();
    }

    /// <summary>The process id.</summary>
    public int Id { get; }

    /// <summary>Requests that it has answered.</summary>
    public int Answers { get; private set; }

    /// <summary>Whether it can be asked again.</summary>
    public bool IsAlive => !_ended && !_process.HasExited;

    /// <summary>Starts a decoder and waits until it is within its limits.</summary>
    /// <param name="folder">To be made, its working folder; deleted with it.</param>
    /// <exception cref="DecoderEndedException">It did not start.</exception>
    public static async Task<DecoderProcess> StartAsync(
        DecoderStarter starter, string folder, ProcessLimits limits, TimeProvider time, ILogger log, CancellationToken cancellation)
    {
        DecoderProcess decoder;
        try
        {
            Directory.CreateDirectory(folder);
            decoder = new DecoderProcess(await starter.StartAsync(Command(folder, limits)), folder, time, log);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new DecoderEndedException(DecoderEnd.DidNotStart, $"does not start: {DiskReason.Of(e)}", e);
        }
        try
        {
            await decoder.ReadAsync(null, StartLimit, cancellation);
            return decoder;
        }
        catch (DecoderEndedException e)
        {
            await decoder.DisposeAsync();
            throw new DecoderEndedException(DecoderEnd.DidNotStart, $"does not start: it {e.Message}");
        }
        catch
        {
            await decoder.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks and waits for the answer. When this throws, the process has been killed.</summary>
    /// <exception cref="DecoderEndedException">It ended, answered nonsense, or took longer than the limit.</exception>
    public async Task<DecoderReply> AskAsync(DecoderRequest request, TimeSpan limit, CancellationToken cancellation)
    {
        var reply = await ReadAsync(request, limit, cancellation);
        Answers++;
        return reply;
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        // Waiting collects the process: otherwise it would stay in the system's table.
        await _process.WaitForExitAsync(CancellationToken.None);
        await _draining;
        _process.Dispose();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.DecoderFolderNotDeleted(e, _folder);
        }
    }

    private async Task<DecoderReply> ReadAsync(DecoderRequest? request, TimeSpan limit, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            byte[]? frame;
            // A pipe's read heeds no token; the process' end ends it.
            using (both.Token.Register(Kill))
            {
                if (request is not null)
                    await Frame.WriteAsync(_process.StandardInput.BaseStream, request.ToBytes(), CancellationToken.None);
                frame = await Frame.ReadAsync(_process.StandardOutput.BaseStream, CancellationToken.None);
            }
            if (frame is not null && IsAlive)
                return DecoderReply.Parse(frame);
        }
        catch (InvalidDataException) when (!both.IsCancellationRequested && !_process.HasExited)
        {
            Kill();
            throw new DecoderEndedException(DecoderEnd.Lost, "answered nonsense");
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            // It has ended: said below.
        }
        Kill();
        cancellation.ThrowIfCancellationRequested();
        if (late.IsCancellationRequested)
            throw new DecoderEndedException(DecoderEnd.OutOfTime, string.Create(CultureInfo.InvariantCulture, $"took longer than {limit.TotalSeconds:0.#} s"));
        await _process.WaitForExitAsync(CancellationToken.None);
        await _draining;
        throw Ended();
    }

    private DecoderEndedException Ended()
    {
        string said = Encoding.UTF8.GetString(_tail, 0, _tailLength);
        // What the runtime and GLib say where an allocation fails that they cannot do without.
        if (said.Contains("out of memory", StringComparison.OrdinalIgnoreCase) || said.Contains("failed to allocate", StringComparison.OrdinalIgnoreCase))
            return new DecoderEndedException(DecoderEnd.OutOfMemory, "ran out of memory");
        int code = _process.ExitCode;
        return new DecoderEndedException(DecoderEnd.Lost, code > 128 ? $"was ended by signal {code - 128}" : $"ended with exit code {code}");
    }

    private void Kill()
    {
        _ended = true;
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Reads what it says on stderr, keeps its end and logs it. It may say as much as it likes.</summary>
    private async Task DrainAsync()
    {
        byte[] buffer = new byte[1024];
        var stream = _process.StandardError.BaseStream;
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer)) > 0)
            {
                if (_log.IsEnabled(LogLevel.Debug))
                    _log.DecoderSays(Id, Printable(buffer.AsSpan(0, read)));
                int kept = Math.Min(_tailLength, TailBytes - read);
                _tail.AsSpan(_tailLength - kept, kept).CopyTo(_tail);
                buffer.AsSpan(0, read).CopyTo(_tail.AsSpan(kept));
                _tailLength = kept + read;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Nothing more will come.
        }
    }

    private static string Printable(ReadOnlySpan<byte> bytes) =>
        string.Concat(Encoding.UTF8.GetString(bytes).Select(letter => char.IsControl(letter) ? ' ' : letter)).TrimEnd();

    private static ProcessStartInfo Command(string folder, ProcessLimits limits)
    {
        // The runtime that runs this process: neither PATH nor a setting decides.
        string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        var command = new ProcessStartInfo(dotnet, ["exec", Path.Combine(AppContext.BaseDirectory, "DreamFarm.Decoder.dll"), .. limits.ToArguments()])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string? libraries = Environment.GetEnvironmentVariable("LD_LIBRARY_PATH");
        command.Environment.Clear();
        // Where libvips is, if not in the system's own folders.
        if (libraries is not null)
            command.Environment["LD_LIBRARY_PATH"] = libraries;
        // libvips' loaders that are not hardened against malicious files stay shut, whatever a file claims to be.
        command.Environment["VIPS_BLOCK_UNTRUSTED"] = "1";
        command.Environment["TMPDIR"] = folder;
        // The managed heap ends at half of the memory, as an exception that can be told; libvips' buffers have the rest.
        command.Environment["DOTNET_GCHeapHardLimit"] = (limits.MemoryBytes / 2).ToString("x", CultureInfo.InvariantCulture);
        // No debugger's socket, no files of diagnostics.
        command.Environment["DOTNET_EnableDiagnostics"] = "0";
        return command;
    }
}
