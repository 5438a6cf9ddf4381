using System.CommandLine;
using DreamFarm.Cli.Failures;

namespace DreamFarm.Cli.Health;

/// <summary><c>dreamfarm health</c>: asks a coordinator or worker how it is, for containers whose images have no other means.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var url = new Argument<string>("URL") { Description = "such as http://127.0.0.1:7680/health/live; /health/ready says whether work is taken too" };
        var command = new Command("health", "asks a coordinator's or worker's --web how it is: ends with 0 if it is well, otherwise with 1 and why") { url };
        command.SetAction(async (parsed, ending) =>
        {
            Console.Out.WriteLine(await AskAsync(parsed.GetValue(url)!, ending));
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<string> AskAsync(string text, CancellationToken ending)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new UserException($"\"{text}\" is no URL; write it as http://HOST:PORT/health/live");
        using var handler = new SocketsHttpHandler { UseProxy = false };
        // This machine asks itself, tells no secret and believes no more than yes or no.
        if (url.IsLoopback)
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(url, ending);
            string said = (await answer.Content.ReadAsStringAsync(ending)).Trim();
            return answer.IsSuccessStatusCode ? said : throw new UserException($"{url} answers {(int)answer.StatusCode}{(said.Length == 0 ? "" : $": {said}")}");
        }
        catch (HttpRequestException e)
        {
            throw new UserException($"{url} does not answer: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!ending.IsCancellationRequested)
        {
            throw new UserException($"{url} does not answer within {Patience.TotalSeconds:0} seconds", e);
        }
    }
}
