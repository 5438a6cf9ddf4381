using DreamFarm.Imaging;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>A job's first stage: its input becomes pixels. Done once; a job that goes on after a restart finds them.</summary>
internal sealed class InputDecoding(DecoderPool decoders, JobFiles files, TimeProvider time, ILogger<InputDecoding> log)
{
    /// <summary>Decodes the job's input unless it has been; the pixels are there whole or not at all.</summary>
    /// <exception cref="ImageException">The input is damaged or takes more memory or time than there may be.</exception>
    /// <exception cref="JobProblem">It could not be decoded, or not be stored, for a reason of the coordinator's.</exception>
    public async Task EnsureAsync(JobFeed feed, CancellationToken cancellation)
    {
        var job = feed.Record;
        string folder = files.Folder(job.Id), pixels = JobFiles.Pixels(folder), alpha = JobFiles.Alpha(folder);
        if (File.Exists(pixels))
            return;
        if (!File.Exists(JobFiles.Input(folder)))
            throw new JobProblem($"the coordinator has lost {job.InputName}, the job's input");
        feed.SetWaiting($"decoding {job.InputName}");
        long began = time.GetTimestamp();
        string newPixels = DurableFile.Partial(pixels), newAlpha = DurableFile.Partial(alpha);
        long alphaBytes = job.Input.Pixels * (job.InputBits / 8);
        try
        {
            var image = await decoders.DecodeAsync(JobFiles.Input(folder), job.InputName, newPixels, newAlpha, 3 * alphaBytes, cancellation);
            // The plan rests on what the header said.
            if ((image.Width, image.Height, image.BitsPerSample, image.HasAlpha) != (job.Input.Width, job.Input.Height, job.InputBits, job.InputHasAlpha)
                || new FileInfo(newPixels).Length != 3 * alphaBytes
                || (job.InputHasAlpha && new FileInfo(newAlpha).Length != alphaBytes))
                throw new ImageException($"{job.InputName} cannot be decoded: its pixels are not those that its header promised");
            // Whoever finds the pixels finds the alpha channel too.
            if (job.InputHasAlpha)
                DurableFile.Rename(newAlpha, alpha);
            DurableFile.Rename(newPixels, pixels);
        }
        finally
        {
            File.Delete(newPixels);
            File.Delete(newAlpha);
        }
        feed.SetWaiting("");
        FarmMeter.Decoded(time.GetElapsedTime(began));
        log.Decoded(job.Id, job.InputName, time.GetElapsedTime(began).TotalSeconds);
    }
}
