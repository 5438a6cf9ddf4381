using System.Buffers;
using System.Numerics.Tensors;

namespace DreamFarm.Dreaming;

/// <summary>
/// The terms of the objective that need no network, each a mean over the canvas's values:
/// <code>objective = what the network says - TotalVariation x (total variation) - Distance x (squared difference from the original)</code>
/// The original is resized to the octave a few rows at a time, whenever it is needed.
/// </summary>
internal sealed class PixelTerms
{
    /// <summary>Rows taken at once: enough to share source rows of the original, few enough to keep them small.</summary>
    public const int Slab = 8;

    private readonly Octave _octave;
    private readonly IOriginal _original;
    private readonly double _variationWeight;
    private readonly double _distanceWeight;
    private readonly TotalVariation? _variation;
    private readonly Resizer? _originalToOctave;

    private PixelTerms(DreamSpec spec, Octave octave, IOriginal original)
    {
        (_octave, _original) = (octave, original);
        double values = 3.0 * octave.Size.Pixels;
        _variationWeight = spec.TotalVariation / values;
        _distanceWeight = spec.Distance / values;
        if (spec.TotalVariation > 0)
            _variation = new TotalVariation(octave.Size, spec.Boundary);
        if (spec.Distance > 0)
            _originalToOctave = new Resizer(original.Size, octave.Size);
    }

    /// <summary>For one walk over rows; null if the spec has no such terms.</summary>
    public static PixelTerms? Of(DreamSpec spec, Octave octave, IOriginal original) =>
        spec.HasPixelTerms ? new PixelTerms(spec, octave, original) : null;

    /// <summary>Turns the network's gradient of consecutive rows into the gradient of the whole objective.</summary>
    /// <param name="first">In canvas coordinates.</param>
    /// <param name="rows">At most <see cref="Slab"/>.</param>
    /// <param name="canvas">From the row above the first to the row below the last, with the boundary extension: [rows + 2][3][columns].</param>
    /// <param name="gradient">[rows][3][columns].</param>
    /// <param name="penalties">Receives what each row takes from the objective.</param>
    public async ValueTask SubtractAsync(
        int first, int rows, ReadOnlyMemory<float> canvas, Memory<float> gradient, Memory<double> penalties, CancellationToken cancellation)
    {
        int length = 3 * _octave.Size.Width;
        penalties.Span[..rows].Clear();
        if (_variation is not null)
            SubtractVariation(first, rows, canvas.Span, gradient.Span, penalties.Span);
        if (_originalToOctave is null)
            return;
        using var original = MemoryPool<float>.Shared.Rent(rows * length);
        await _originalToOctave.RowsAsync(first, rows, ReadOriginal, original.Memory[..(rows * length)], cancellation);
        SubtractDistance(rows, canvas.Span, original.Memory.Span, gradient.Span, penalties.Span);
    }

    private void SubtractVariation(int first, int rows, ReadOnlySpan<float> canvas, Span<float> gradient, Span<double> penalties)
    {
        int length = 3 * _octave.Size.Width;
        _variation!.Begin(canvas[..length], canvas.Slice(length, length));
        for (int row = 0; row < rows; row++)
        {
            penalties[row] += _variationWeight * _variation.Subtract(
                first + row,
                canvas.Slice((row + 1) * length, length),
                canvas.Slice((row + 2) * length, length),
                (float)_variationWeight,
                gradient.Slice(row * length, length));
        }
    }

    private void SubtractDistance(int rows, ReadOnlySpan<float> canvas, Span<float> original, Span<float> gradient, Span<double> penalties)
    {
        int length = 3 * _octave.Size.Width;
        for (int row = 0; row < rows; row++)
        {
            var difference = original.Slice(row * length, length);
            TensorPrimitives.Subtract(canvas.Slice((row + 1) * length, length), difference, difference);
            penalties[row] += _distanceWeight * FixedLaneSums.Of(difference).Squares;
            TensorPrimitives.Multiply(difference, (float)(2 * _distanceWeight), difference);
            var line = gradient.Slice(row * length, length);
            TensorPrimitives.Subtract(line, difference, line);
        }
    }

    private ValueTask ReadOriginal(int first, int rows, Memory<float> destination, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _original.ReadRows(first, rows, destination.Span);
        return ValueTask.CompletedTask;
    }
}
