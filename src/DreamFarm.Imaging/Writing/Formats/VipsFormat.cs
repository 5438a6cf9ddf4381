using NetVips;

namespace DreamFarm.Imaging;

/// <summary>A format that libvips encodes.</summary>
internal abstract class VipsFormat(string name, int maxSide, params string[] endings) : OutputFormat(name, maxSide, endings)
{
    /// <summary>Encodes an image whose pixels come from top to bottom.</summary>
    private protected abstract void Save(Image image, Target target, ImageWriteOptions options);

    internal sealed override async Task WriteAsync(string path, Canvas canvas, ImageWriteOptions options, CancellationToken cancellationToken)
    {
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var pipe = new RowPipe(canvas, options.BitsPerSample, abort.Token);
        var alpha = CarriesAlpha && options.Alpha is { } raw
            ? new AlphaStream(raw, options.Width ?? canvas.Width, options.Height ?? canvas.Height, options.BitsPerSample, abort.Token)
            : null;

        // The encoder waits for rows on a thread of its own; whichever side fails ends the other.
        var encoding = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    Encode(path, pipe, alpha, options);
                }
                finally
                {
                    abort.Cancel();
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var filling = pipe.FillAsync();
        try
        {
            await filling;
        }
        catch
        {
            abort.Cancel();
        }

        try
        {
            await encoding;
        }
        catch (VipsException) when (canvas.Failed || cancellationToken.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await filling;
            throw;
        }
    }

    private void Encode(string path, RowPipe pipe, AlphaStream? alpha, ImageWriteOptions options)
    {
        using var target = Target.NewToFile(path);
        using var source = new SourceCustom();
        source.OnRead += pipe.Read;
        using var delivered = Image.NewFromSource(source, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
        using var rgb = Resize(delivered, options.Width ?? delivered.Width, options.Height ?? delivered.Height);
        if (alpha is null)
        {
            Save(rgb, target, options);
            return;
        }

        using var alphaSource = new SourceCustom();
        alphaSource.OnRead += alpha.Read;
        using var plane = Image.NewFromSource(alphaSource, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
        using var rgba = rgb.Bandjoin(plane);
        Save(rgba, target, options);
    }

    // Rows go in and out from top to bottom: libvips keeps the few that the filter reaches. (Where it enlarges, versions up to
    // 8.14 place the picture half a pixel off; a result is nearly always smaller than its canvas.)
    private static Image Resize(Image image, int width, int height) => (width, height) == (image.Width, image.Height)
        ? image.Copy()
        : image.Resize((double)width / image.Width, kernel: Enums.Kernel.Lanczos3, vscale: (double)height / image.Height);
}
