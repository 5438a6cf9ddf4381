using System.Globalization;
using DreamFarm.Protocol.Specs;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Specs;

/// <summary>
/// One thing that can be said about a dream: the flag <c>--NAME VALUE</c> on a command line, the line <c>NAME: VALUE</c>
/// in a spec file. Both go through <see cref="Write"/>.
/// </summary>
internal sealed class SpecKey
{
    private readonly Func<SpecDraft, string, string?> _write;

    private SpecKey(string name, string? valueName, string description, Func<SpecDraft, string, string?> write) =>
        (Name, ValueName, Description, _write) = (name, valueName, description, write);

    /// <summary>Such as <c>octave-scale</c>.</summary>
    public string Name { get; }

    /// <summary>Such as <c>--octave-scale</c>: what sentences call it.</summary>
    public string Flag => "--" + Name;

    /// <summary>What its value is called in the help; null for a switch, whose values are true and false and whose flag needs none.</summary>
    public string? ValueName { get; }

    /// <summary>For the help.</summary>
    public string Description { get; }

    /// <summary>Whether the value names a file: in a spec file, one beside that.</summary>
    public bool NamesFile { get; private init; }

    /// <summary>Writes a value into a draft.</summary>
    /// <returns>Null, or one sentence that begins with <see cref="Flag"/> and says which values would do.</returns>
    public string? Write(SpecDraft draft, string text) => _write(draft, text);

    /// <summary>A value whose meaning only the network knows.</summary>
    public static SpecKey Text(string name, string valueName, string description, Action<V1.Spec, string> write) =>
        new(name, valueName, description, (draft, text) =>
        {
            write(draft.Spec, text);
            return null;
        });

    /// <summary>A file of the user's own.</summary>
    public static SpecKey File(string name, string description, Action<SpecDraft, string> write) =>
        new(name, "FILE", description, (draft, text) =>
        {
            write(draft, text);
            return null;
        })
        { NamesFile = true };

    /// <summary>A whole number; where it can be <c>auto</c>, that leaves the field unset.</summary>
    public static SpecKey Whole(IntegerField field, string valueName, string description, Action<V1.Spec, int> write, Action<V1.Spec>? automatic = null) =>
        new(field.Flag[2..], valueName, description, (draft, text) =>
        {
            if (automatic is not null && text == "auto")
                automatic(draft.Spec);
            else if (field.TryParse(text, out int value, out string? problem))
                write(draft.Spec, value);
            else
                return problem;
            return null;
        });

    /// <summary>A number.</summary>
    public static SpecKey Number(NumberField field, string description, Action<SpecDraft, double> write) =>
        new(field.Flag[2..], "F", description, (draft, text) =>
        {
            if (!field.TryParse(text, out double value, out string? problem))
                return problem;
            write(draft, value);
            return null;
        });

    /// <summary>One of a few names.</summary>
    public static SpecKey Choice<T>(string name, string description, Action<V1.Spec, T> write, params (string Name, T Value)[] choices) =>
        new(name, string.Join('|', choices.Select(choice => choice.Name)), description, (draft, text) =>
        {
            foreach (var (choice, value) in choices)
            {
                if (choice == text)
                {
                    write(draft.Spec, value);
                    return null;
                }
            }
            return $"--{name} must be {string.Join(" or ", choices.Select(choice => choice.Name))}, not \"{text}\"";
        });

    /// <summary>Something that holds or does not.</summary>
    public static SpecKey Switch(string name, string description, Action<V1.Spec, bool> write) =>
        new(name, null, description, (draft, text) =>
        {
            if (text is not ("true" or "false"))
                return $"--{name} must be true or false, not \"{text}\"";
            write(draft.Spec, text == "true");
            return null;
        });

    /// <summary>A value with a form of its own.</summary>
    /// <param name="write">Returns null or the sentence.</param>
    public static SpecKey Own(string name, string valueName, string description, Func<SpecDraft, string, string?> write) =>
        new(name, valueName, description, write);

    /// <summary>A seed: any unsigned number of 64 bits.</summary>
    public static SpecKey Seed(string name, string description, Action<V1.Spec, ulong> write) =>
        new(name, "N", description, (draft, text) =>
        {
            if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
                return $"--{name} must be 0 to {ulong.MaxValue}, not \"{text}\"";
            write(draft.Spec, value);
            return null;
        });
}
