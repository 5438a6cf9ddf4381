using System.Text;

namespace DreamFarm.Coordinator.Tests;

/// <summary>What somebody says, to be read while more is said.</summary>
internal sealed class HeardMessages : TextWriter
{
    private readonly StringBuilder _text = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        lock (_text)
            _text.Append(value);
    }

    public override void Write(string? value)
    {
        lock (_text)
            _text.Append(value);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        lock (_text)
            _text.Append(buffer, index, count);
    }

    // In one piece, whoever else says something.
    public override void WriteLine(string? value) => Write(value + NewLine);

    public override string ToString()
    {
        lock (_text)
            return _text.ToString();
    }
}
