using System.Diagnostics;

namespace StandIns.Grpc.Tests;

/// <summary>
/// The independent implementation: Debian's python3-grpcio, which is gRPC's C core. The scripts in peers/ learn the messages from
/// the descriptor that this assembly was generated with.
/// </summary>
public sealed class PythonPeer : IExchangePeer
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<string?> Missing = new(FindMissing);
    private static readonly Lazy<string> Descriptor = new(WriteDescriptor);

    private readonly Process _process;

    private PythonPeer(Process process, string address)
    {
        _process = process;
        Address = address;
    }

    public string Address { get; }

    /// <summary>Skips the test where the other implementation is not installed.</summary>
    public static void SkipIfMissing() => Assert.SkipWhen(Missing.Value is not null, Missing.Value ?? "");

    /// <summary>Starts peers/exchange_server.py on a free port.</summary>
    public static async Task<PythonPeer> StartServerAsync(params string[] arguments)
    {
        SkipIfMissing();
        var process = Start("exchange_server.py", arguments);
        var port = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(3));
        return new PythonPeer(process, $"http://127.0.0.1:{port}");
    }

    /// <summary>Lets peers/exchange_client.py do one of its calls and gives what it printed; fails if the script failed.</summary>
    public static async Task<string> CallAsync(string address, string what)
    {
        SkipIfMissing();
        using var process = Start("exchange_client.py", [new Uri(address).Authority, what]);
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(3));
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"{what} failed: {output}{await errors}");
            return output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();

        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static Process Start(string script, string[] arguments)
    {
        var start = new ProcessStartInfo(Python, [Path.Combine(AppContext.BaseDirectory, "peers", script), Descriptor.Value, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = script == "exchange_client.py",
        };
        foreach (var name in start.Environment.Keys.Where(name => name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);

        return Process.Start(start)!;
    }

    private static string? FindMissing()
    {
        const string Hint = "install the independent gRPC implementation with: apt-get install python3-grpcio python3-protobuf";
        if (!File.Exists(Python))
            return $"{Python} is not there; {Hint}";

        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import grpc, google.protobuf"]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{Python} cannot import grpc and google.protobuf; {Hint}";
    }

    private static string WriteDescriptor()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "exchange.descriptor");
        File.WriteAllBytes(path, ExchangeReflection.Descriptor.SerializedData.ToByteArray());
        return path;
    }
}
