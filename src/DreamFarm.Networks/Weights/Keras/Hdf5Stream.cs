using System.Runtime.CompilerServices;
using PureHDF;

namespace DreamFarm.Networks;

/// <summary>
/// A file as PureHDF reads it. A damaged or hostile HDF5 file can lead its reader in circles, whose every turn reads here; so here they end: where
/// too much of the thread's stack or of what may be read is used up. And here is seen where a data set's numbers lie, as PureHDF asks for them by a method of their own.
/// </summary>
internal sealed class Hdf5Stream(IWeightBytes bytes) : Stream, IDatasetStream
{
    private const int PageBytes = 4096;

    // Keras' Inception v3 takes 157,000 reads of 52 MB in all, most of them of names.
    private const int MostReads = 2_000_000;
    private const long MostBytes = 512 << 20;

    // A tenth does for what Keras writes. Each turn of a circle of links is an exception that is caught and thrown again, the slower the deeper.
    private const long MostStackBytes = 128 << 10;

    private readonly byte[] _page = new byte[PageBytes];
    private readonly nint _stackBegin = StackPlace();

    private long _pageBegin = -1;
    private long _position;
    private int _readsLeft = MostReads;
    private long _bytesLeft = MostBytes;
    private WeightsException? _refused;

    /// <summary>Where numbers were last read, bytes from the file's start; null if none were since it was set to null.</summary>
    public long? NumbersOffset { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => bytes.Length;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    /// <summary>Throws again what a read has thrown, which PureHDF may have taken for a broken link.</summary>
    public void ThrowIfRefused()
    {
        if (_refused is not null)
            throw new WeightsException(_refused);
    }

    public void ReadDataset(Span<byte> buffer)
    {
        NumbersOffset = _position;
        ReadExactly(buffer);
    }

    public override int Read(Span<byte> buffer)
    {
        ThrowIfRefused();
        // Stacks grow downwards.
        if (_stackBegin - StackPlace() > MostStackBytes || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Refuse("what it holds is nested too deeply, or in itself");
        if (_position < 0 || _position > bytes.Length - buffer.Length)
            throw Refuse("it ends before its data does; it was cut short, or is damaged");
        if (--_readsLeft < 0 || (_bytesLeft -= buffer.Length) < 0)
            throw Refuse("it leads its reader in circles");

        var all = buffer.Length;
        while (!buffer.IsEmpty)
        {
            var begin = _position / PageBytes * PageBytes;
            if (begin != _pageBegin)
            {
                _pageBegin = -1;
                bytes.Read(begin, _page.AsSpan(0, (int)Math.Min(PageBytes, bytes.Length - begin)));
                _pageBegin = begin;
            }

            var within = (int)(_position - begin);
            var piece = buffer[..Math.Min(buffer.Length, PageBytes - within)];
            _page.AsSpan(within, piece.Length).CopyTo(piece);
            _position += piece.Length;
            buffer = buffer[piece.Length..];
        }

        return all;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => _position = unchecked(offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => bytes.Length,
    });

    public override void SetLength(long value) => throw new NotSupportedException("It is read alone.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read alone.");

    public override void Flush()
    {
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe nint StackPlace()
    {
        byte here = 0;
        return (nint)(&here);
    }

    private WeightsException Refuse(string problem) => _refused = new WeightsException(bytes.Name, $"{problem}.");
}
