using System.Buffers;

namespace DreamFarm.Engine.Tests;

/// <summary>A window's pixels at which a lane waits until the test lets it go on.</summary>
internal sealed class HeldPixels(short[] pixels) : MemoryManager<short>
{
    private readonly ManualResetEventSlim _seen = new(), _free = new();

    /// <summary>Returns when a lane waits.</summary>
    public void WaitForLane(CancellationToken cancellation) => _seen.Wait(cancellation);

    /// <summary>Lets it go on.</summary>
    public void Free() => _free.Set();

    public override Span<short> GetSpan()
    {
        _seen.Set();
        _free.Wait();
        return pixels;
    }

    // Asked for where only the length is wanted; the lane is to be the one that waits.
    public override Memory<short> Memory => CreateMemory(pixels.Length);

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        _seen.Dispose();
        _free.Dispose();
    }
}
