using System.Text;
using DreamFarm.Cli.Failures;
using DreamFarm.Networks;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DreamFarm.Cli.Specs;

/// <summary>
/// A spec as a file: YAML of one <c>key: value</c> a line, whose keys are those of <see cref="SpecKeys"/>. Nothing else that
/// YAML knows is accepted, so that a file says no more than it shows: no anchors, tags, lists or second documents.
/// </summary>
internal static class SpecFile
{
    /// <summary>Longer files are no specs; bytes.</summary>
    public const int LongestFile = 64 << 10;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file of the user's own into a draft.</summary>
    /// <exception cref="UserException">It cannot be read, or says something that is wrong; one sentence with the line.</exception>
    public static void Read(string path, SpecDraft draft)
    {
        if (Directory.Exists(path))
            throw new UserException($"--preset {path} is a folder: name a spec file in it");
        if (!File.Exists(path))
            throw new UserException($"--preset: there is no file {path}");
        var bytes = new byte[LongestFile + 1];
        int length;
        try
        {
            using var file = File.OpenRead(path);
            length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"--preset {path} cannot be read: {(e is UnauthorizedAccessException ? "no permission" : SystemReason.Of(e))}", e);
        }
        if (length > LongestFile)
            throw new UserException($"{path} has more than {LongestFile >> 10} KiB: that is no spec file");
        Read(path, bytes.AsSpan(0, length), Path.GetDirectoryName(path) ?? "", draft);
    }

    /// <summary>Reads a spec into a draft.</summary>
    /// <param name="name">What sentences call it.</param>
    /// <param name="bytes">The YAML, UTF-8.</param>
    /// <param name="folder">Where files that it names are looked for.</param>
    /// <param name="draft">Receives every key; keys that it has already are written over.</param>
    /// <exception cref="UserException">Something in it is wrong; one sentence with the line.</exception>
    public static void Read(string name, ReadOnlySpan<byte> bytes, string folder, SpecDraft draft)
    {
        string text;
        try
        {
            text = Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new UserException($"{name} is no text in UTF-8: that is no spec file", e);
        }

        var written = new Dictionary<string, long>();
        var parser = new Parser(new StringReader(text));
        ReadStart(parser, name);
        while (Next(parser, name) is not MappingEnd)
        {
            var key = ReadKey(parser.Current!, name);
            long line = parser.Current!.Start.Line;
            if (!written.TryAdd(key.Name, line))
                throw Wrong(name, line, $"{key.Name} is given twice, first in line {written[key.Name]}");
            string value = ReadValue(Next(parser, name), key, name);
            if (draft.Write(key, key.NamesFile ? Path.Combine(folder, value) : value, new SpecOrigin(name, line)) is { } problem)
                throw new UserException(problem);
        }
        while (Next(parser, name) is not StreamEnd)
        {
            if (parser.Current is DocumentStart second)
                throw Wrong(name, second.Start.Line, "a second document begins: a spec file is one");
        }
    }

    private static void ReadStart(Parser parser, string name)
    {
        while (Next(parser, name) is StreamStart or DocumentStart)
        {
        }
        if (parser.Current is StreamEnd or Scalar { Value.Length: 0 })
            throw new UserException($"{name} says nothing: a spec file has lines such as `octaves: 4`");
        if (parser.Current is not MappingStart start)
            throw Wrong(name, parser.Current!.Start.Line, "a spec file has lines such as `octaves: 4`");
        RefuseReferences(start, name);
    }

    private static SpecKey ReadKey(ParsingEvent read, string name)
    {
        RefuseReferences(read, name);
        if (read is not Scalar key)
            throw Wrong(name, read.Start.Line, "a key must be one word, such as octaves");
        if (SpecKeys.Find(key.Value) is { } known)
            return known;
        string[] names = [.. SpecKeys.All.Select(each => each.Name)];
        throw Wrong(name, key.Start.Line, $"unknown key \"{Shown(key.Value)}\"; "
            + (NearestName.Find(key.Value.TrimStart('-').Replace('_', '-'), names) is { } near ? $"did you mean {near}?" : $"the keys are {string.Join(", ", names)}"));
    }

    private static string ReadValue(ParsingEvent read, SpecKey key, string name)
    {
        RefuseReferences(read, name);
        if (read is not Scalar value)
            throw Wrong(name, read.Start.Line, $"{key.Name} must be one value{(read is SequenceStart ? ", not a list: put it between quotation marks" : "")}");
        if (value is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" })
            throw Wrong(name, value.Start.Line, $"{key.Name} has no value: without the line it takes its default");
        if (value.Value.Any(char.IsControl))
            throw Wrong(name, value.Start.Line, $"{key.Name} must be plain text in one line");
        return value.Value;
    }

    private static void RefuseReferences(ParsingEvent read, string name)
    {
        if (read is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
            throw Wrong(name, read.Start.Line, "anchors and aliases (& and *) have no place in a spec file");
        if (read is NodeEvent { Tag.IsEmpty: false })
            throw Wrong(name, read.Start.Line, "tags (!) have no place in a spec file");
    }

    private static ParsingEvent Next(Parser parser, string name)
    {
        const string What = "no YAML, which wants one `key: value` in a line";
        try
        {
            if (parser.MoveNext())
                return parser.Current!;
        }
        catch (YamlException e)
        {
            throw new UserException($"{new SpecOrigin(name, e.Start.Line)}: this is {What}: {Lower(e.Message.TrimEnd('.'))}", e);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // The scanner's own surprises, such as an escape for a character that there is not.
            throw new UserException($"{name} is {What}", e);
        }
        throw new UserException($"{name} is {What}");
    }

    private static string Lower(string sentence) => sentence.Length == 0 ? sentence : char.ToLowerInvariant(sentence[0]) + sentence[1..];

    private static UserException Wrong(string name, long line, string what) => new($"{new SpecOrigin(name, line)}: {what}");

    private static string Shown(string text)
    {
        string line = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
        return line.Length <= 40 ? line : $"{line[..37]}...";
    }
}
