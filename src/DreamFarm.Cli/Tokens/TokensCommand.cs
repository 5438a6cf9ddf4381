using System.CommandLine;
using System.Globalization;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Listings;
using DreamFarm.Cli.Servers;
using DreamFarm.Coordinator;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Cli.Tokens;

/// <summary><c>dreamfarm tokens</c>: who may do what, written into a coordinator's store on its own machine.</summary>
internal static class TokensCommand
{
    private static readonly IntegerField Days = new("--expires", 1, 36500, "days");

    public static Command Create() =>
        new("tokens", "makes, lists and revokes tokens in a coordinator's store; a coordinator whose store has ever had one asks everybody for his") { Make(), List(), Revoke() };

    private static Command Make()
    {
        var owner = new Option<string>("--owner") { HelpName = "NAME", Required = true, Description = "whose it is; everything submitted with it is his" };
        var roles = new Option<string[]>("--role")
        {
            HelpName = "ROLE",
            Required = true,
            Description = "view: sees his own jobs; submit: also submits and commands them; operate: everybody's jobs, and the workers; work: registers as a worker, nothing else; may be given several times",
        };
        var expires = new Option<string?>("--expires") { HelpName = "DAYS", Description = "how long it is good (default: for ever)" };
        var given = new Option<string?>("--from-file") { HelpName = "FILE", Description = "takes the token in this file instead of making one, and prints nothing; one that is known already stays as it is" };
        var command = new Command("create", "makes a token and prints it, once: only its hash is kept") { owner, roles, expires, given };
        var store = new StoreFlags(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            TimeSpan? lifetime = parsed.GetValue(expires) is not { } text ? null
                : Days.TryParse(text, out int days, out string? problem) ? TimeSpan.FromDays(days)
                : throw new UserException(problem);
            await using var book = await TokenBook.OpenAsync(store.Read(parsed), TimeProvider.System, cancellation);
            string? made = parsed.GetValue(given) is { } file ? (await File.ReadAllTextAsync(file, cancellation)).Trim() : null;
            var (secret, token) = await book.CreateAsync(parsed.GetValue(owner)!, parsed.GetValue(roles)!, lifetime, cancellation, made);
            if (made is not null)
                return ExitCode.Done;
            Console.Out.WriteLine(secret);
            Console.Error.WriteLine($"token {token.Id} of {token.Owner} for {string.Join(" and ", token.Roles)}: put it into DREAMFARM_TOKEN or a file that --token-file names; nobody can print it again");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List()
    {
        var json = Listing.JsonFlag();
        var command = new Command("list", "lists every token that was ever made, oldest first") { json };
        var store = new StoreFlags(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var book = await TokenBook.OpenAsync(store.Read(parsed), TimeProvider.System, cancellation);
            var now = TimeProvider.System.GetUtcNow();
            var tokens = (await book.ListAsync(cancellation)).Select(token => TokenView.Of(token, now));
            if (parsed.GetValue(json))
                Listing.WriteJson(tokens);
            else
                Listing.WriteTable(["ID", "OWNER", "ROLES", "STATE", "CREATED", "EXPIRES"], tokens.Select(token => (string[])
                    [token.Id, token.Owner, string.Join(' ', token.Roles), token.State, Day(token.Created), token.Expires is { } end ? Day(end) : "never"]));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("ID") { Description = "the token's id, as list shows it; not the token itself" };
        var command = new Command("revoke", "makes a token good for nothing; a running coordinator knows it within seconds") { id };
        var store = new StoreFlags(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var book = await TokenBook.OpenAsync(store.Read(parsed), TimeProvider.System, cancellation);
            string name = parsed.GetValue(id)!;
            if (!await book.RevokeAsync(name, cancellation))
                throw new UserException($"there is no token of this id{(name.StartsWith("t-", StringComparison.Ordinal) ? $", {name}" : "")}: `dreamfarm tokens list` shows the ids");
            Console.Error.WriteLine($"token {name} is revoked");
            return ExitCode.Done;
        });
        return command;
    }

    private static string Day(DateTime time) => time.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
