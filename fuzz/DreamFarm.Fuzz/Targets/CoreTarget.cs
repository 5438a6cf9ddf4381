using DreamFarm.Dreaming;
using DreamFarm.Protocol;
using DreamFarm.Protocol.V1;
using Google.Protobuf;

namespace DreamFarm.Fuzz;

/// <summary>Row slices of a core's gradient, as a coordinator gets them.</summary>
internal sealed class CoreTarget : IFuzzTarget
{
    private static readonly WindowShape Shape = new(24, 16, 4, 4, 16, 8);

    public string Name => "core";

    public int Share => 8;

    public IEnumerable<byte[]> Seeds => CoreSlices.Split(1, Shape, new byte[2 * Shape.CoreValues], 3, 0.5, laneSeconds: 0.25).Select(slice => slice.ToByteArray());

    public IReadOnlyList<string> Words => [];

    public void Run(byte[] input)
    {
        CoreSlice slice;
        try
        {
            slice = CoreSlice.Parser.ParseFrom(input);
        }
        catch (InvalidProtocolBufferException)
        {
            return;
        }
        if (input.Length % 2 == 0)
            slice.Crc32C = CoreSlices.Crc(slice.Window, slice.FirstRow, slice.Rows, slice.Exponent, slice.Loss, slice.LaneSeconds, slice.Data.Span);
        using var core = new CoreAssembly(Shape);
        if (core.TryAdd(slice, out string? problem) == problem is not null)
            throw new InvalidOperationException("neither a slice nor a problem, or both");
        if (core.IsComplete)
            core.Take().Dispose();
    }
}
