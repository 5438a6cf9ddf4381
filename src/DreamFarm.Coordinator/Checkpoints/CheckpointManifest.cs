using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator;

/// <summary>What a checkpoint is: the last of its files to be written, so that a checkpoint with a manifest is whole.</summary>
internal sealed record CheckpointManifest
{
    /// <summary>The format that is written, and the only one that is read.</summary>
    public const int NewestFormat = 1;

    // A canvas of ten thousand bands has half a megabyte.
    private const int LongestFile = 4 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 8,
    };

    /// <summary>Grows when an older program must not read it.</summary>
    [JsonPropertyOrder(-1)]
    public int Format { get; init; } = NewestFormat;

    public required string Job { get; init; }

    /// <summary>0-based.</summary>
    public required int Octave { get; init; }

    /// <summary>Steps of the octave that are in it, at least 1.</summary>
    public required int Steps { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Rows of the canvas.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of the canvas.</summary>
    public required int Width { get; init; }

    /// <summary>What was dreamt of what: see <see cref="JobFingerprint"/>.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The class that computed it; empty in a job that never had one.</summary>
    public required string NumericsClass { get; init; }

    /// <summary>What the octave is dreamt with, if its channels were chosen by what was on its canvas as it began; otherwise null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Objective { get; init; }

    /// <summary>The bands' files, topmost first. Their names are not told: they follow from the order.</summary>
    public required IReadOnlyList<Part> Parts { get; init; }

    /// <summary>SHA-256 of the manifest as it is written while this is empty, lowercase hexadecimal.</summary>
    [JsonPropertyOrder(1)]
    public string Sha256 { get; init; } = "";

    [JsonIgnore]
    public Position Position => new(Octave, Steps);

    /// <summary>The manifest as a file.</summary>
    public byte[] ToFile() => JsonSerializer.SerializeToUtf8Bytes(this with { Sha256 = Hash() }, Json);

    /// <summary>Reads a manifest.</summary>
    /// <returns>Null, and what is wrong with it, to go on after "the checkpoint is passed over: ".</returns>
    public static CheckpointManifest? Read(string path, out string problem)
    {
        byte[] bytes;
        try
        {
            if (new FileInfo(path).Length > LongestFile)
            {
                problem = "its manifest is longer than any";
                return null;
            }
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"its manifest cannot be read: {DiskReason.Of(e)}";
            return null;
        }
        return Parse(bytes, out problem);
    }

    /// <summary>Reads a manifest's bytes; see <see cref="Read"/>.</summary>
    public static CheckpointManifest? Parse(ReadOnlySpan<byte> bytes, out string problem)
    {
        try
        {
            // The format first: a newer one may lack what is asked for below.
            int format = JsonSerializer.Deserialize<FormatAlone>(bytes, Json)?.Format ?? 0;
            if (format != NewestFormat)
            {
                problem = $"its format is {format}, and this program reads format {NewestFormat}";
                return null;
            }
            var manifest = JsonSerializer.Deserialize<CheckpointManifest>(bytes, Json)!;
            problem = "its manifest has other bytes than were written";
            return manifest.Parts.Any(part => part is null) || manifest.Hash() != manifest.Sha256 ? null : manifest;
        }
        catch (JsonException)
        {
            problem = "its manifest is not readable";
            return null;
        }
    }

    private string Hash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this with { Sha256 = "" }, Json)));

    /// <param name="Bytes">Length of a band's file.</param>
    /// <param name="Crc32c">Of the file and its place.</param>
    internal sealed record Part(long Bytes, uint Crc32c);

    private sealed record FormatAlone(int Format);
}
