using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace DreamFarm.Imaging;

/// <summary>
/// Hands an alpha channel to an encoder as a PGM stream, resized on the way with a triangle filter (bilinear, widened
/// when the result is smaller) that needs only a few rows at a time.
/// </summary>
internal sealed class AlphaStream
{
    private readonly RawAlpha _alpha;
    private readonly int _bits;
    private readonly CancellationToken _abort;
    private readonly int _height;
    private readonly Taps[] _across;
    private readonly Taps[] _down;
    private readonly byte[] _source;
    private readonly float[][] _kept;
    private readonly float[] _sums;
    private readonly byte[] _row;

    private ArraySegment<byte> _current;
    private int _next;
    private int _loaded;

    public AlphaStream(RawAlpha alpha, int width, int height, int bitsPerSample, CancellationToken abort)
    {
        (_alpha, _bits, _height, _abort) = (alpha, bitsPerSample, height, abort);
        _across = Filter(alpha.Width, width);
        _down = Filter(alpha.Height, height);
        _source = new byte[alpha.Width * (alpha.BitsPerSample / 8)];
        _kept = [.. Enumerable.Range(0, _down.Max(taps => taps.Weights.Length)).Select(_ => new float[width])];
        _sums = new float[width];
        _row = new byte[width * (bitsPerSample / 8)];
        _current = Encoding.ASCII.GetBytes($"P5\n{width} {height}\n{(1 << bitsPerSample) - 1}\n");
    }

    /// <summary>Takes the stream's next bytes. Returns how many, 0 after the last row.</summary>
    public int Read(byte[] buffer, int length)
    {
        _abort.ThrowIfCancellationRequested();
        if (_current.Count == 0)
        {
            if (_next == _height)
                return 0;
            MakeRow(_down[_next++]);
            _current = _row;
        }
        var count = Math.Min(length, _current.Count);
        _current[..count].CopyTo(buffer);
        _current = _current[count..];
        return count;
    }

    private void MakeRow(Taps taps)
    {
        for (; _loaded < taps.First + taps.Weights.Length; _loaded++)
            Load(_loaded, _kept[_loaded % _kept.Length]);

        Array.Clear(_sums);
        for (var i = 0; i < taps.Weights.Length; i++)
        {
            var row = _kept[(taps.First + i) % _kept.Length];
            for (var x = 0; x < _sums.Length; x++)
                _sums[x] += taps.Weights[i] * row[x];
        }

        var top = (1 << _bits) - 1;
        for (var x = 0; x < _sums.Length; x++)
        {
            var sample = (int)Math.Clamp(MathF.Round(_sums[x] * top), 0f, top);
            if (_bits == 8)
                _row[x] = (byte)sample;
            else
                BinaryPrimitives.WriteUInt16BigEndian(_row.AsSpan(2 * x), (ushort)sample);
        }
    }

    /// <summary>Reads a row of the source, in [0, 1], resized across.</summary>
    private void Load(int index, float[] row)
    {
        _alpha.ReadRows(index, 1, _source);
        var wide = MemoryMarshal.Cast<byte, ushort>(_source);
        for (var x = 0; x < row.Length; x++)
        {
            var (first, weights) = _across[x];
            var sum = 0f;
            for (var i = 0; i < weights.Length; i++)
                sum += weights[i] * (_alpha.BitsPerSample == 8 ? _source[first + i] / 255f : wide[first + i] / 65535f);
            row[x] = sum;
        }
    }

    /// <summary>For each place of the result, the places of the source that it is made of.</summary>
    private static Taps[] Filter(int from, int to)
    {
        var scale = (double)from / to;
        var reach = Math.Max(scale, 1);
        var result = new Taps[to];
        for (var i = 0; i < to; i++)
        {
            var centre = (i + 0.5) * scale;
            var first = Math.Max(0, (int)(centre - reach + 0.5));
            var end = Math.Min(from, (int)(centre + reach + 0.5));
            var weights = new double[end - first];
            for (var j = 0; j < weights.Length; j++)
                weights[j] = Math.Max(0, 1 - Math.Abs((first + j + 0.5 - centre) / reach));
            var sum = weights.Sum();
            result[i] = new Taps(first, [.. weights.Select(weight => (float)(weight / sum))]);
        }
        return result;
    }

    private readonly record struct Taps(int First, float[] Weights);
}
