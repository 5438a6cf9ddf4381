using DreamFarm.Coordinator;
using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Imaging;
using DreamFarm.Networks;
using DreamFarm.Security;
using DreamFarm.Telemetry;
using DreamFarm.Training;
using DreamFarm.Worker;

namespace DreamFarm.Cli.Failures;

/// <summary>The one way in which the command says that something went wrong: a sentence on stderr.</summary>
internal static class FailureReport
{
    /// <summary>Set to 1, failures come with everything that a bug report needs.</summary>
    private const string DebugVariable = "DREAMFARM_DEBUG";

    // Sentences come from everywhere, some with a full stop; one line on a terminal has none.
    public static void Write(string sentence) => Console.Error.WriteLine($"dreamfarm: {sentence.TrimEnd('.')}");

    public static void Write(Exception failure)
    {
        bool debug = Environment.GetEnvironmentVariable(DebugVariable) is "1";
        Write(Sentence(failure, debug));
        if (debug)
            Console.Error.WriteLine(failure);
    }

    private static string Sentence(Exception failure, bool debug) => failure switch
    {
        UserException or ImageException or WeightsException or GradientException or FolderException or TrainingException or WorkerException or ConnectionException or StoreException or LibtorchException or TelemetryException => failure.Message,
        // "No such file or directory : '/path'": the system's own words say it best.
        IOException or UnauthorizedAccessException => OneLine(failure.Message),
        OutOfMemoryException => "there is not enough memory: take a smaller --tile or fewer --lanes",
        _ when debug => OneLine($"an unexpected failure: {failure.Message}"),
        _ => OneLine($"an unexpected failure: {failure.Message.TrimEnd('.')} (with {DebugVariable}=1 in the environment it is told in full)"),
    };

    private static string OneLine(string text) => string.Join(' ', text.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
