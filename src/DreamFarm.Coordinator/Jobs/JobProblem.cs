using DreamFarm.Dreaming;
using DreamFarm.Imaging;

namespace DreamFarm.Coordinator;

/// <summary>A failure that a person can do something about; the message is one sentence.</summary>
internal sealed class JobProblem(string sentence, Exception? inner = null) : Exception(sentence, inner)
{
    /// <summary>One sentence for any exception that ended a job's work.</summary>
    /// <param name="isBug">Whether nobody expected it: then somebody wants its stack trace in the log.</param>
    public static string Sentence(Exception exception, out bool isBug)
    {
        isBug = false;
        switch (exception)
        {
            case JobProblem or GradientException or ImageException:
                return exception.Message;
            case IOException or UnauthorizedAccessException:
                return $"a file of the job could not be read or written on the coordinator: {DiskReason.Of(exception)}";
            default:
                isBug = true;
                return $"the coordinator failed: {exception.GetType().Name}: {exception.Message}";
        }
    }
}
