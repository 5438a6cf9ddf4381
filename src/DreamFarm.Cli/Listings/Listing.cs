using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DreamFarm.Cli.Listings;

/// <summary>Results on stdout: for people as columns, for scripts with --json as JSON.</summary>
internal static class Listing
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Names of files are read by people; nothing here goes into HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The flag that every listing has.</summary>
    public static Option<bool> JsonFlag() => new("--json") { Description = "prints JSON" };

    public static void WriteJson<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Format));

    /// <summary>Columns as wide as their longest cell, two spaces apart; never cut, so that nothing is lost in a pipe.</summary>
    public static void WriteTable(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] lines = [header, .. rows];
        int[] widths = [.. header.Select((_, column) => lines.Max(line => line[column].Length))];
        foreach (var line in lines)
            Console.Out.WriteLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>One value a line, behind its name.</summary>
    public static void WriteFields(IEnumerable<(string Name, string? Value)> fields)
    {
        var shown = fields.Where(field => field.Value is { Length: > 0 }).ToArray();
        int width = shown.Max(field => field.Name.Length);
        foreach (var (name, value) in shown)
            Console.Out.WriteLine($"{name.PadRight(width)}  {value}");
    }
}
