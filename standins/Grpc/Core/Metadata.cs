using System.Collections;
using System.Text;

namespace Grpc.Core;

/// <summary>
/// Headers or trailers in order, several values a key allowed. Keys are lower case; a key that ends in <c>-bin</c> has bytes
/// as its value, every other key ASCII text.
/// </summary>
public sealed class Metadata : IList<Metadata.Entry>
{
    /// <summary>The ending of a key whose value is bytes.</summary>
    public const string BinaryHeaderSuffix = "-bin";

    /// <summary>No entries, and none can be added.</summary>
    public static readonly Metadata Empty = new(isReadOnly: true);

    private readonly List<Entry> _entries = [];

    /// <summary>Metadata without an entry.</summary>
    public Metadata()
    {
    }

    private Metadata(bool isReadOnly) => IsReadOnly = isReadOnly;

    /// <inheritdoc />
    public int Count => _entries.Count;

    /// <inheritdoc />
    public bool IsReadOnly { get; }

    /// <inheritdoc />
    public Entry this[int index]
    {
        get => _entries[index];
        set => Writable(value)[index] = value;
    }

    /// <summary>The last entry of a key, or null.</summary>
    public Entry? Get(string key) => _entries.FindLast(entry => entry.HasKey(key));

    /// <summary>The text of the last entry of a key, or null. Throws <see cref="InvalidOperationException"/> for a binary entry.</summary>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The bytes of the last entry of a key, or null.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    /// <summary>All entries of a key.</summary>
    public IEnumerable<Entry> GetAll(string key) => _entries.Where(entry => entry.HasKey(key));

    /// <summary>Adds a text entry.</summary>
    public void Add(string key, string value) => Add(new Entry(key, value));

    /// <summary>Adds a binary entry; the key must end in <c>-bin</c>.</summary>
    public void Add(string key, byte[] valueBytes) => Add(new Entry(key, valueBytes));

    /// <inheritdoc />
    public void Add(Entry item) => Writable(item).Add(item);

    /// <inheritdoc />
    public void Insert(int index, Entry item) => Writable(item).Insert(index, item);

    /// <inheritdoc />
    public void RemoveAt(int index) => Writable().RemoveAt(index);

    /// <inheritdoc />
    public bool Remove(Entry item) => Writable().Remove(item);

    /// <inheritdoc />
    public void Clear() => Writable().Clear();

    /// <inheritdoc />
    public int IndexOf(Entry item) => _entries.IndexOf(item);

    /// <inheritdoc />
    public bool Contains(Entry item) => _entries.Contains(item);

    /// <inheritdoc />
    public void CopyTo(Entry[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);

    /// <inheritdoc />
    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private List<Entry> Writable(Entry item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return Writable();
    }

    private List<Entry> Writable() => IsReadOnly ? throw new InvalidOperationException("These metadata are read only.") : _entries;

    /// <summary>One key with one value.</summary>
    public class Entry
    {
        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <summary>A binary entry; the bytes are copied. Throws <see cref="ArgumentException"/> for a key that does not end in <c>-bin</c>.</summary>
        public Entry(string key, byte[] valueBytes)
        {
            Key = Checked(key);
            if (!IsBinary)
                throw new ArgumentException($"The key '{Key}' of a binary metadata entry must end in '{BinaryHeaderSuffix}'.");

            ArgumentNullException.ThrowIfNull(valueBytes);
            _bytes = [.. valueBytes];
        }

        /// <summary>A text entry. Throws <see cref="ArgumentException"/> for a key that ends in <c>-bin</c>.</summary>
        public Entry(string key, string value)
        {
            Key = Checked(key);
            if (IsBinary)
                throw new ArgumentException($"The key '{Key}' of a text metadata entry must not end in '{BinaryHeaderSuffix}'.");

            ArgumentNullException.ThrowIfNull(value);
            _text = value;
        }

        /// <summary>The key, lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the value is bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The value's bytes, a copy.</summary>
        public byte[] ValueBytes => _bytes is null ? Encoding.ASCII.GetBytes(_text!) : [.. _bytes];

        /// <summary>The value's text. Throws <see cref="InvalidOperationException"/> for a binary entry.</summary>
        public string Value => _text ?? throw new InvalidOperationException($"The value of the metadata entry '{Key}' is bytes; read ValueBytes.");

        /// <inheritdoc />
        public override string ToString() => IsBinary
            ? $"[Entry: key={Key}, valueBytes={Convert.ToHexString(_bytes!)}]"
            : $"[Entry: key={Key}, value={_text}]";

        internal bool HasKey(string key) => Key.Equals(key, StringComparison.OrdinalIgnoreCase);

        private static string Checked(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            foreach (var c in key)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                    throw new ArgumentException($"The metadata key '{key}' has the character '{c}'; letters, digits, '-', '_' and '.' are allowed.");
            }

            return key.ToLowerInvariant();
        }
    }
}
