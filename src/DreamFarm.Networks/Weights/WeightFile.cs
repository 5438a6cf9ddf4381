using System.Buffers;
using System.Security.Cryptography;

namespace DreamFarm.Networks;

/// <summary>
/// A file of named tensors: .safetensors, or PyTorch's .pth in its zip form. Which of them it is, its first bytes
/// say. Opening checks everything but the numbers; nothing in the file is ever executed.
/// </summary>
public sealed class WeightFile : IDisposable
{
    private readonly IWeightBytes _bytes;
    private readonly Lazy<string> sha256;

    private WeightFile(IWeightBytes bytes)
    {
        _bytes = bytes;
        sha256 = new(Hash);
        Tensors = ReadTensors(bytes).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    // Protocol 2, then the ten-byte number by which PyTorch knew its own pickles.
    private static ReadOnlySpan<byte> BarePickle => [0x80, 2, 0x8a, 10];

    /// <summary>The path, or what the weights are called if they are part of the program.</summary>
    public string Name => _bytes.Name;

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    /// <summary>The identity of these weights everywhere in the farm: SHA-256 of the file's bytes, 64 lower-case hexadecimal digits. Read on first use.</summary>
    public string Sha256 => sha256.Value;

    /// <summary>Opens a file and reads its table of contents.</summary>
    /// <exception cref="WeightsException">It is not there, not readable, damaged, hostile or of no known format.</exception>
    public static WeightFile Open(string path) => Open(new FileWeightBytes(path));

    /// <summary>The weights that are part of the program, or null where a network has none.</summary>
    public static WeightFile? OpenBuiltIn(NetworkDescription network)
    {
        if (network.BuiltInWeights is not { } resource)
            return null;
        using var stream = typeof(WeightFile).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The program lacks its resource {resource}.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return Open(new MemoryWeightBytes($"the built-in weights of {network.Name}", content));
    }

    /// <summary>Takes over <paramref name="bytes"/> and closes them where it throws.</summary>
    internal static WeightFile Open(IWeightBytes bytes)
    {
        try
        {
            return new WeightFile(bytes);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    private static IEnumerable<WeightTensor> ReadTensors(IWeightBytes bytes)
    {
        Span<byte> start = stackalloc byte[9];
        if (bytes.Length < start.Length)
            throw new WeightsException(bytes.Name, "it is too short to hold weights.");
        bytes.Read(0, start);
        if (start.StartsWith("PK\u0003\u0004"u8))
            return PyTorchReader.Read(bytes);
        if (start[8] == (byte)'{')
            return SafetensorsReader.Read(bytes);
        if (start.StartsWith(BarePickle))
            throw new WeightsException(bytes.Name, "it is a bare pickle, as PyTorch wrote before version 1.6; save it again with a newer torch.save, or as .safetensors.");
        throw new WeightsException(bytes.Name, "it is neither a .safetensors file nor a .pth that torch.save wrote.");
    }

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            for (long done = 0; done < _bytes.Length;)
            {
                var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, _bytes.Length - done));
                _bytes.Read(done, part);
                hash.AppendData(part);
                done += part.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
