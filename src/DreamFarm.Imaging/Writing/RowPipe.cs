using System.Text;

namespace DreamFarm.Imaging;

/// <summary>
/// Hands a canvas to an encoder as a PPM stream: rows come in asynchronously, bytes are taken out by the encoder's own
/// thread, which waits where none are ready. Two strips are under way at a time.
/// </summary>
internal sealed class RowPipe : IDisposable
{
    private readonly Canvas _canvas;
    private readonly int _rowBytes;
    private readonly CancellationToken _abort;
    private readonly byte[][] _strips;
    private readonly int[] _lengths = new int[2];
    private readonly SemaphoreSlim _free = new(2);
    private readonly SemaphoreSlim _full = new(0);
    private readonly byte[] _header;

    private ArraySegment<byte> _current;
    private int _taken;
    private bool _holding;

    /// <param name="canvas">Where the rows come from.</param>
    /// <param name="bitsPerSample">8 or 16.</param>
    /// <param name="abort">Ends both sides.</param>
    public RowPipe(Canvas canvas, int bitsPerSample, CancellationToken abort)
    {
        (_canvas, _abort) = (canvas, abort);
        _rowBytes = canvas.Width * 3 * (bitsPerSample / 8);
        _strips = [new byte[canvas.StripRows * _rowBytes], new byte[canvas.StripRows * _rowBytes]];
        _header = Encoding.ASCII.GetBytes($"P6\n{canvas.Width} {canvas.Height}\n{(1 << bitsPerSample) - 1}\n");
        _current = _header;
    }

    /// <summary>Reads the whole canvas and passes it on, strip by strip.</summary>
    public async Task FillAsync()
    {
        var planes = new short[_canvas.StripRows * 3 * _canvas.Width];
        var strip = 0;
        for (var first = 0; first < _canvas.Height; first += _canvas.StripRows, strip ^= 1)
        {
            await _free.WaitAsync(_abort);
            var rows = Math.Min(_canvas.StripRows, _canvas.Height - first);
            await _canvas.ReadRowsAsync(first, planes.AsMemory(0, rows * 3 * _canvas.Width), _abort);
            for (var row = 0; row < rows; row++)
            {
                var from = planes.AsSpan(row * 3 * _canvas.Width, 3 * _canvas.Width);
                var to = _strips[strip].AsSpan(row * _rowBytes, _rowBytes);
                if (_rowBytes == 3 * _canvas.Width)
                    Samples.ToBytes(from, to);
                else
                    Samples.ToBigEndian(from, to);
            }
            _lengths[strip] = rows * _rowBytes;
            _full.Release();
        }
    }

    /// <summary>Takes the stream's next bytes; waits for them. Returns how many, 0 after the last row.</summary>
    /// <exception cref="OperationCanceledException">The writing was given up.</exception>
    public int Read(byte[] buffer, int length)
    {
        _abort.ThrowIfCancellationRequested();
        if (_current.Count == 0)
        {
            if (_holding)
                _free.Release();
            _holding = false;
            if ((long)_taken * _canvas.StripRows >= _canvas.Height)
                return 0;
            _full.Wait(_abort);
            _holding = true;
            _current = new ArraySegment<byte>(_strips[_taken & 1], 0, _lengths[_taken & 1]);
            _taken++;
        }

        var count = Math.Min(length, _current.Count);
        _current[..count].CopyTo(buffer);
        _current = _current[count..];
        return count;
    }

    public void Dispose()
    {
        _free.Dispose();
        _full.Dispose();
    }
}
