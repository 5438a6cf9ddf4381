using System.Text;

namespace DreamFarm.Security;

/// <summary>
/// Something read from small files that others replace while the process runs, as certificate managers do: looked at
/// again now and then, by content, for a mounted secret changes behind links whose own times stay. If what is there now
/// makes no sense, what was there before is kept.
/// </summary>
internal sealed class RenewedFiles<T>
    where T : class
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly string[] _paths;
    private readonly Func<string[], T> _read;
    private readonly TimeProvider _time;
    private readonly Action<string> _say;
    private string[] _texts;
    private string _said = "";
    private long _looked;
    private T _value;

    /// <param name="paths">The files.</param>
    /// <param name="read">From their texts; throws <see cref="ConnectionException"/>.</param>
    /// <param name="time">When to look again.</param>
    /// <param name="say">Is told why a renewed file is not taken.</param>
    /// <exception cref="ConnectionException">A file cannot be read or makes no sense.</exception>
    public RenewedFiles(string[] paths, Func<string[], T> read, TimeProvider time, Action<string> say)
    {
        (_paths, _read, _time, _say) = (paths, read, time, say);
        _texts = Load();
        _value = read(_texts);
        _looked = time.GetTimestamp();
    }

    /// <summary>As the files were some seconds ago at most.</summary>
    public T Value
    {
        get
        {
            lock (_lock)
            {
                if (_time.GetElapsedTime(_looked) >= Period)
                    Look();
                return _value;
            }
        }
    }

    private void Look()
    {
        _looked = _time.GetTimestamp();
        try
        {
            string[] texts = Load();
            if (texts.AsSpan().SequenceEqual(_texts))
                return;
            // Two files are not replaced at one moment: a pair that does not fit yet is looked at again.
            _value = _read(texts);
            (_texts, _said) = (texts, "");
        }
        catch (ConnectionException e) when (_said != e.Message)
        {
            _said = e.Message;
            _say($"{e.Message}; what was there before is kept");
        }
        catch (ConnectionException)
        {
            // Said before.
        }
    }

    private string[] Load() => [.. _paths.Select(Load)];

    private static string Load(string path)
    {
        const int most = 1 << 20;
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > most)
                throw new ConnectionException($"{path} has {file.Length} bytes, which no PEM or token file has");
            using var reader = new StreamReader(file, Encoding.ASCII);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string reason = e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "it is not there",
                UnauthorizedAccessException => "this user may not, or it is a folder",
                _ => e.Message.TrimEnd('.'),
            };
            throw new ConnectionException($"cannot read {path}: {reason}", e);
        }
    }
}
