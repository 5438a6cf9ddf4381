using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Progress;
using DreamFarm.Networks;

namespace DreamFarm.Cli.Networks;

/// <summary><c>dreamfarm networks pull</c>.</summary>
internal static class PullCommand
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "the network; `dreamfarm networks list` shows them" };
        var from = new Option<string?>("--from") { HelpName = "URL", Description = "where to fetch the publisher's file, if not from the publisher" };
        var command = new Command("pull", "fetches a network's weights from their publisher, checks them, and installs them") { name, from };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(name)!, parsed.GetValue(from), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string name, string? from, CancellationToken cancellation)
    {
        var locator = WeightsLocator.FromEnvironment(Environment.GetEnvironmentVariable);
        var network = locator.FindNetwork(name) ?? throw new UserException(locator.DescribeUnknown(name));
        if (network.Publisher is not { } publisher)
            throw new UserException(network.BuiltInWeights is null
                ? $"nobody publishes weights of {name}: `dreamfarm networks import FILE` installs a file"
                : $"the weights of {name} are built in: there is nothing to fetch");
        if (locator.FindFile(network) is { } there)
        {
            Console.Error.WriteLine($"{name} is installed already: {there}");
            return ExitCode.Done;
        }

        var address = from is null ? publisher.Address : Address(from);
        Console.Error.WriteLine($"{name}: {address} ({publisher.Licence})");
        using var handler = new SocketsHttpHandler { ConnectTimeout = ConnectPatience };
        using var http = new HttpMessageInvoker(handler);
        string path;
        try
        {
            await using var display = ProgressDisplay.Open();
            int tenth = -1;
            path = await new NetworkPull(http, locator, TimeProvider.System, Show).RunAsync(network, address, cancellation);

            // A bar follows every piece; lines that stay are one for a tenth.
            void Show(string text, double fraction)
            {
                if (!display.IsLive && (int)(10 * fraction) == tenth)
                    return;
                tenth = (int)(10 * fraction);
                display.Report(text, fraction);
            }
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"what has come is kept: `dreamfarm networks pull {name}` goes on from there");
            throw;
        }
        Console.Error.WriteLine($"installed {name} as {path}");
        return ExitCode.Done;
    }

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new UserException($"--from must be an address such as https://HOST/FILE, not \"{text}\"; `dreamfarm networks import FILE` installs a file that is here");
}
