namespace DreamFarm.Dreaming;

/// <summary>A run of consecutive window rows (or columns) that shows consecutive canvas rows, forwards or backwards.</summary>
/// <param name="Window">First row within the window.</param>
/// <param name="Canvas">First row of the canvas.</param>
/// <param name="Length">Rows.</param>
internal readonly record struct BoundaryRun(int Window, int Canvas, int Length, bool Mirrored)
{
    /// <summary>Covers <paramref name="length"/> rows from <paramref name="begin"/>, a canvas row that may lie outside 0 .. size - 1.</summary>
    public static List<BoundaryRun> Cover(int begin, int length, int size, Boundary boundary)
    {
        var runs = new List<BoundaryRun>(3);
        for (int done = 0; done < length;)
        {
            int at = begin + done;
            if (boundary == Boundary.Wrap || size == 1)
            {
                int canvas = Modulo(at, size);
                int count = Math.Min(size - canvas, length - done);
                runs.Add(new BoundaryRun(done, canvas, count, false));
                done += count;
                continue;
            }
            // One period: 0 .. size - 1 forwards, then size - 2 .. 1 backwards.
            int phase = Modulo(at, 2 * (size - 1));
            if (phase < size)
            {
                int count = Math.Min(size - phase, length - done);
                runs.Add(new BoundaryRun(done, phase, count, false));
                done += count;
            }
            else
            {
                int canvas = 2 * (size - 1) - phase;
                int count = Math.Min(canvas, length - done);
                runs.Add(new BoundaryRun(done, canvas - count + 1, count, true));
                done += count;
            }
        }
        return runs;
    }

    private static int Modulo(int value, int size)
    {
        int rest = value % size;
        return rest < 0 ? rest + size : rest;
    }
}
