using System.Diagnostics;
using DreamFarm.Imaging;

namespace DreamFarm.Coordinator;

/// <summary>Encodes finished canvases.</summary>
internal sealed class Results(JobFiles files)
{
    // An encoder takes memory of its own.
    private readonly SemaphoreSlim _encoding = new(2);

    /// <summary>The format of a file ending such as ".png".</summary>
    /// <exception cref="ImageException">There is none.</exception>
    public static OutputFormat Find(string ending) =>
        // An ending as a whole: what a client says with folders in it is none.
        OutputFormat.All.FirstOrDefault(format => format.Endings.Contains(ending, StringComparer.OrdinalIgnoreCase))
        ?? throw new ImageException(
            $"\"{ending}\" is no format that can be written: choose one of {string.Join(", ", OutputFormat.All.SelectMany(format => format.Endings))}");

    /// <summary>Encodes a finished job's canvas, 8 bits a sample, resized to what its spec says, with the input's alpha channel put back.</summary>
    /// <returns>A temporary file that vanishes when the stream is disposed.</returns>
    /// <exception cref="ImageException">The format does not exist or does not hold the canvas.</exception>
    /// <exception cref="JobProblem">The disk refuses the canvas or the picture.</exception>
    public async Task<FileStream> EncodeAsync(JobRecord job, string ending, CancellationToken cancellation)
    {
        var format = Find(ending);
        string path = files.Temporary(format.Endings[0]);
        await _encoding.WaitAsync(cancellation);
        try
        {
            long began = Stopwatch.GetTimestamp();
            using var canvas = CanvasFile.OpenToRead(files.Canvas(job.Id), job.Output);
            using var alpha = job.InputHasAlpha && format.CarriesAlpha
                ? new RawAlpha(JobFiles.Alpha(files.Folder(job.Id)), job.Input.Width, job.Input.Height, job.InputBits)
                : null;
            await ImageWriter.WriteAsync(path, job.Output.Width, job.Output.Height,
                (first, rows, _) =>
                {
                    canvas.Read(first, rows.Span);
                    return ValueTask.CompletedTask;
                },
                new ImageWriteOptions { Alpha = alpha, Width = job.Result.Width, Height = job.Result.Height }, cancellation);
            FarmMeter.Encoded(Stopwatch.GetElapsedTime(began), format.Endings[0]);
        }
        catch (ImageException e) when (e.InnerException is not null)
        {
            throw new JobProblem($"the coordinator cannot encode job {job.Id}: {e.Message.Replace(path, "its picture", StringComparison.Ordinal).TrimEnd('.')}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string reason = e is FileNotFoundException or DirectoryNotFoundException ? "it is no longer in the data folder" : DiskReason.Of(e);
            throw new JobProblem($"the canvas of job {job.Id} cannot be read on the coordinator: {reason}", e);
        }
        finally
        {
            _encoding.Release();
        }
        return new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose, BufferSize = 0 });
    }
}
