using System.Security.Cryptography;
using DreamFarm.Networks;
using DreamFarm.Protocol.Assets;
using DreamFarm.Protocol.V1;
using Grpc.Core;

namespace DreamFarm.Worker;

/// <summary>
/// Files of tensors that the coordinator has, by their hash: weights, and features of guide images. What is fetched is kept in a folder
/// that all workers of a user on a machine share: <c>SHA256.safetensors</c> is whole, <c>SHA256.part</c> is on its way, and belongs to
/// whoever has it open.
/// </summary>
/// <param name="folder">Where they are kept; null if there is no such folder.</param>
internal sealed class FetchedAssets(Assets.AssetsClient coordinator, string? folder, TimeProvider time)
{
    private const int BufferBytes = 128 << 10;

    /// <summary>Linux' EWOULDBLOCK: somebody else has the file open for himself.</summary>
    private const int WouldBlock = 11;

    /// <summary>How often it is looked whether another worker has fetched what this one waits for.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(0.2);

    /// <summary>A worker that has a file on its way open and adds nothing to it for this long is stopped or stuck, and not waited for.</summary>
    private static readonly TimeSpan OthersPatience = TimeSpan.FromSeconds(15);

    // One at a time within a process: a second job that wants the same asset finds it fetched.
    private readonly SemaphoreSlim _fetching = new(1);

    /// <summary>Opens an asset, which may take as long as fetching it.</summary>
    /// <param name="what">What sentences call it, such as <c>weights 7d9c6a8b… of motif</c>.</param>
    /// <exception cref="WorkerException">It is not to be had; one sentence.</exception>
    public async Task<WeightFile> OpenAsync(string what, string sha256, CancellationToken cancellation)
    {
        try
        {
            if (OpenKept(sha256) is { } kept)
                return kept;
            await _fetching.WaitAsync(cancellation);
            try
            {
                return await FetchAsync(what, sha256, cancellation);
            }
            finally
            {
                _fetching.Release();
            }
        }
        catch (RpcException error)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new WorkerException($"it has no {what} and could not fetch them: {error.Status.Detail}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WorkerException($"it could not keep the {what} in {folder}: {error.Message}", error);
        }
    }

    /// <summary>The file in the folder of what was fetched, checked; one that is damaged is removed.</summary>
    public WeightFile? OpenKept(string sha256)
    {
        if (folder is null || !File.Exists(Whole(sha256)))
            return null;
        WeightFile? file = null;
        try
        {
            file = WeightFile.OpenPortable(Whole(sha256), Whole(sha256));
            if (file.Sha256 == sha256)
                return file;
        }
        catch (WeightsException)
        {
            // Whatever is wrong with it, there is a sound one where it came from.
        }
        file?.Dispose();
        File.Delete(Whole(sha256));
        return null;
    }

    private string Whole(string sha256) => Path.Combine(folder!, sha256 + ".safetensors");

    private async Task<WeightFile> FetchAsync(string what, string sha256, CancellationToken cancellation)
    {
        if (folder is null)
            throw new WorkerException($"it has no folder to keep the {what} in: set XDG_CACHE_HOME or HOME");
        Directory.CreateDirectory(folder);
        string partial = Path.Combine(folder, sha256 + ".part");
        var (length, grown) = (0L, time.GetTimestamp());
        while (true)
        {
            // Another job of this process, or another worker, may have fetched it meanwhile.
            if (OpenKept(sha256) is { } fetched)
                return fetched;
            if (TryOpen(partial) is { } file)
            {
                await using (file)
                    await FetchAsync(what, sha256, partial, file, cancellation);
                continue;
            }
            if (new FileInfo(partial) is { Exists: true } others && others.Length != length)
                (length, grown) = (others.Length, time.GetTimestamp());
            if (time.GetElapsedTime(grown) > OthersPatience)
                partial = Path.Combine(folder, $"{sha256}.{Guid.NewGuid():N}.part");
            else
                await Task.Delay(LookAgain, time, cancellation);
        }
    }

    /// <summary>Fetches what is missing of a file that this process has open alone, and names it when it is whole.</summary>
    private async Task FetchAsync(string what, string sha256, string partial, FileStream file, CancellationToken cancellation)
    {
        // The worker that had it open until now has just given it its name.
        if (File.Exists(Whole(sha256)))
            return;
        bool resumed = file.Length > 0;
        try
        {
            await DownloadAsync(sha256, file, cancellation);
            await file.FlushAsync(cancellation);
            file.Position = 0;
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation)) == sha256)
            {
                file.Flush(flushToDisk: true);
                File.Move(partial, Whole(sha256), overwrite: true);
                return;
            }
            // What was there from before may be at fault; what has just come entirely is no better the second time.
            file.SetLength(0);
            if (!resumed)
                throw new WorkerException($"the coordinator sent other bytes than the {what}");
        }
        finally
        {
            if (file.Length == 0)
                File.Delete(partial);
        }
    }

    /// <summary>Appends what is missing. A connection that breaks is resumed for as long as that brings anything.</summary>
    private async Task DownloadAsync(string sha256, FileStream file, CancellationToken cancellation)
    {
        while (true)
        {
            long start = file.Position = file.Length;
            try
            {
                using var call = coordinator.Download(new DownloadAssetRequest { Sha256 = sha256, Offset = start }, cancellationToken: cancellation);
                while (await call.ResponseStream.MoveNext(cancellation))
                    await file.WriteAsync(call.ResponseStream.Current.Data.Memory, cancellation);
                return;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.InvalidArgument && start > 0)
            {
                // There is more here than the coordinator has: it is not the beginning of what was asked for.
                file.SetLength(0);
            }
            catch (RpcException) when (file.Length > start && !cancellation.IsCancellationRequested)
            {
            }
        }
    }

    /// <summary>Opens a file on its way for this process alone; null while another has it.</summary>
    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, BufferBytes, FileOptions.Asynchronous);
        }
        catch (IOException error) when (error.HResult == WouldBlock)
        {
            return null;
        }
    }
}
