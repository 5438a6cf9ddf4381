using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace DreamFarm.Networks;

/// <summary>
/// A file of named tensors: .safetensors, PyTorch's .pth in either of its layouts, Caffe's .caffemodel, Keras' .h5 of Inception v3, or an ONNX model. Which of them it
/// is, its first bytes say. Opening checks everything but the numbers; nothing in the file is ever executed. Weights travel as .safetensors:
/// such a file as it is, others converted (see <see cref="ReadPortable"/>).
/// </summary>
public sealed class WeightFile : IDisposable
{
    private readonly IWeightBytes _bytes;
    private readonly IWeightBytes _numbers;
    private readonly IWeightBytes _portable;
    private readonly Lazy<string> sha256;

    private WeightFile(IWeightBytes bytes, bool portableOnly)
    {
        _bytes = bytes;
        sha256 = new(Hash);
        var tensors = ReadTensors(bytes, portableOnly, out _numbers, out var isPortable, out var description, out var metadata);
        Tensors = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        Description = ReadDescription(description);
        Metadata = metadata;
        _portable = isPortable ? bytes : new SafetensorsForm(_numbers, tensors, description);
    }

    private WeightFile(WeightFile file, NetworkDescription network)
    {
        (_bytes, _numbers, Tensors, Description, Metadata) = (file._bytes, file._numbers, file.Tensors, network, file.Metadata);
        sha256 = new(Hash);
        _portable = new SafetensorsForm(_numbers, Tensors.Values, NetworkDescriptionJson.Write(network));
    }

    private static ReadOnlySpan<byte> Zip => "PK\u0003\u0004"u8;

    /// <summary>The path, or what the weights are called if they are part of the program.</summary>
    public string Name => _bytes.Name;

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    /// <summary>The network that these are the weights of, where the file says so itself; null if it has to be known.</summary>
    public NetworkDescription? Description { get; }

    /// <summary>What a .safetensors file says besides its tensors, by name; empty where it says nothing, and for other files.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// The identity of these weights everywhere in the farm: SHA-256 of the bytes that travel (see <see cref="ReadPortable"/>), 64
    /// lower-case hexadecimal digits. Read on first use.
    /// </summary>
    public string Sha256 => sha256.Value;

    /// <summary>Length of the .safetensors file that travels, bytes.</summary>
    public long PortableLength => _portable.Length;

    /// <summary>Opens a file and reads its table of contents.</summary>
    /// <exception cref="WeightsException">It is not there, not readable, damaged, hostile or of no known format.</exception>
    public static WeightFile Open(string path) => Open(new FileWeightBytes(path));

    /// <summary>Opens a file that has travelled, and so can only be .safetensors.</summary>
    /// <param name="name">What messages call it, to those who have no use for its path.</param>
    /// <exception cref="WeightsException">It is not there, not readable, damaged, hostile or no .safetensors file.</exception>
    public static WeightFile OpenPortable(string path, string name) => Open(new FileWeightBytes(path, name), portableOnly: true);

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
    internal static WeightFile Open(IWeightBytes bytes, bool portableOnly = false)
    {
        try
        {
            return new WeightFile(bytes, portableOnly);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Fills the destination with bytes of the .safetensors file that travels: this file's own, or what another form converts to. That holds its
    /// floating-point tensors alone, sorted, and is the same on every machine. Safe from several threads.
    /// </summary>
    /// <param name="offset">From its start, bytes; with the destination's length at most <see cref="PortableLength"/>.</param>
    /// <exception cref="WeightsException">The file is no longer readable.</exception>
    public void ReadPortable(long offset, Span<byte> destination) => _portable.Read(offset, destination);

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    /// <summary>The same tensors in a file that says of which network they are. Whichever of the two is disposed of closes both.</summary>
    internal WeightFile Describe(NetworkDescription network) => new(this, network);

    private NetworkDescription? ReadDescription(byte[]? json)
    {
        try
        {
            return json is null ? null : NetworkDescriptionJson.Read(json);
        }
        catch (ArgumentException error)
        {
            throw new WeightsException(Name, $"its description of the network cannot be used: {error.Message}", error);
        }
    }

    /// <param name="numbers">What the tensors lie in.</param>
    /// <param name="description">What the file says of its network, as JSON; null if nothing.</param>
    private static List<WeightTensor> ReadTensors(IWeightBytes bytes, bool portableOnly, out IWeightBytes numbers, out bool isPortable, out byte[]? description, out IReadOnlyDictionary<string, string> metadata)
    {
        const int shortest = 9;
        description = null;
        metadata = new Dictionary<string, string>();
        if (bytes.Length < shortest)
            throw new WeightsException(bytes.Name, "it is too short to hold weights.");
        Span<byte> start = stackalloc byte[(int)Math.Min(bytes.Length, OldPyTorchReader.Start.Length)];
        bytes.Read(0, start);
        numbers = bytes;
        var isOnnx = OnnxReader.CanStart(start);
        isPortable = start[8] == (byte)'{' && !start.StartsWith(Zip) && !isOnnx;
        if (isPortable)
        {
            var portable = SafetensorsReader.Read(bytes, out metadata);
            description = metadata.TryGetValue(NetworkDescriptionJson.MetadataKey, out var json) ? Encoding.UTF8.GetBytes(json) : null;
            return portable;
        }
        if (portableOnly)
            throw new WeightsException(bytes.Name, "it is no .safetensors file, the one form in which weights travel.");
        if (start.StartsWith(Zip))
            return PyTorchReader.Read(bytes);
        if (start.SequenceEqual(OldPyTorchReader.Start))
            return OldPyTorchReader.Read(bytes);
        if (start.StartsWith(KerasReader.Start))
            return KerasInceptionV3.Read(bytes, KerasReader.Read(bytes), out numbers);
        if (isOnnx)
            return OnnxReader.Read(bytes, out numbers, out description);
        if (CaffeReader.CanStart(start[0]))
            return CaffeReader.Read(bytes, out numbers);
        if (IsTar(bytes))
            throw new WeightsException(bytes.Name, "it is a tar archive, such as the first versions of PyTorch wrote; take a newer file of these weights, or torch.load it and torch.save it again.");
        throw new WeightsException(bytes.Name, "it is neither a .safetensors file nor a .pth that torch.save wrote nor a .caffemodel nor an .h5 that Keras saved nor an ONNX model.");
    }

    private static bool IsTar(IWeightBytes bytes)
    {
        const int place = 257;
        Span<byte> magic = stackalloc byte["ustar".Length];
        if (bytes.Length < place + magic.Length)
            return false;
        bytes.Read(place, magic);
        return magic.SequenceEqual("ustar"u8);
    }

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            for (long done = 0; done < _portable.Length;)
            {
                var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, _portable.Length - done));
                _portable.Read(done, part);
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
