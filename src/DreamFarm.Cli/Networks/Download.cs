using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using DreamFarm.Cli.Failures;

namespace DreamFarm.Cli.Networks;

/// <summary>
/// Fetches a file over HTTP, and goes on where it was cut off: within a run by itself, and in a later run from the bytes that
/// are there. A server that cannot send parts, or has another file by now, sends it whole.
/// </summary>
internal sealed class Download(HttpMessageInvoker http, TimeProvider time)
{
    /// <summary>Cuts without a byte between them after which it is given up.</summary>
    private const int MostCuts = 4;

    private const int PieceBytes = 128 << 10;

    /// <summary>How long a server may be silent.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>Completes a file.</summary>
    /// <param name="address">Of the file, http or https.</param>
    /// <param name="file">What is there already; everything else is added.</param>
    /// <param name="most">Bytes that the file can have.</param>
    /// <param name="progress">Is told how many bytes there are, of how many if that is known.</param>
    /// <exception cref="UserException">It cannot be fetched, or not be written; one sentence why. What has come stays in the file.</exception>
    public async Task CompleteAsync(Uri address, FileStream file, long most, Action<long, long?> progress, CancellationToken cancellation)
    {
        bool answered = false;
        for (int cuts = 0; ;)
        {
            long before = file.Length;
            try
            {
                if (await FetchAsync(address, file, most, progress, () => answered = true, cancellation))
                    return;
                continue;
            }
            catch (Exception e) when (e is HttpRequestException or HttpIOException or IOException or TimeoutException && !cancellation.IsCancellationRequested)
            {
                cuts = file.Length > before ? 1 : cuts + 1;
                // Where nobody has answered, nothing was cut off.
                if (!answered)
                    throw new UserException($"{address.Host} cannot be reached: {Reason(e)}; --from URL fetches the file from elsewhere, and `dreamfarm networks import FILE` installs one that is here", e);
                if (cuts == MostCuts)
                    throw new UserException($"{address} was cut off again and again: {Reason(e)}", e);
            }
            await Task.Delay(FirstPause * (1 << cuts), time, cancellation);
        }
    }

    /// <returns>Whether the file is complete; otherwise it was begun anew.</returns>
    private async Task<bool> FetchAsync(Uri address, FileStream file, long most, Action<long, long?> progress, Action answered, CancellationToken cancellation)
    {
        using var silence = new CancellationTokenSource(Patience, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (file.Length > 0)
                request.Headers.Range = new RangeHeaderValue(file.Length, null);
            using var response = await http.SendAsync(request, ending.Token);
            answered();
            var range = response.Content.Headers.ContentRange;
            switch (response.StatusCode)
            {
                case HttpStatusCode.OK:
                    file.SetLength(0);
                    break;
                case HttpStatusCode.PartialContent when range?.From == file.Length:
                    break;
                case HttpStatusCode.RequestedRangeNotSatisfiable when range?.Length == file.Length:
                    return true;
                case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable when file.Length > 0:
                    file.SetLength(0);
                    return false;
                default:
                    throw new UserException(Refusal(address, response));
            }

            long? total = file.Length + response.Content.Headers.ContentLength;
            Check(address, total, most);
            using var body = await response.Content.ReadAsStreamAsync(ending.Token);
            await CopyAsync(address, body, file, total, most, progress, () => silence.CancelAfter(Patience), ending.Token);
            return true;
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing came for {Patience.TotalSeconds:0} seconds", e);
        }
    }

    private static async Task CopyAsync(
        Uri address, Stream body, FileStream file, long? total, long most, Action<long, long?> progress, Action heard, CancellationToken cancellation)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            file.Seek(0, SeekOrigin.End);
            progress(file.Length, total);
            for (int count; (count = await body.ReadAsync(piece, cancellation)) > 0;)
            {
                heard();
                Check(address, file.Length + count, most);
                try
                {
                    await file.WriteAsync(piece.AsMemory(0, count), cancellation);
                }
                catch (IOException e)
                {
                    throw new UserException($"{address} could not be kept in {Path.GetDirectoryName(file.Name)}: {SystemReason.Of(e)}", e);
                }
                progress(file.Length, total);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static void Check(Uri address, long? bytes, long most)
    {
        if (bytes > most)
            throw new UserException(string.Create(CultureInfo.InvariantCulture, $"what {address} sends has {bytes} bytes or more, but the weights have {most} at most"));
    }

    private static string Refusal(Uri address, HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.Gone => $"there is no file {address} (any more): --from URL fetches it from elsewhere",
        var code => $"{address} is refused by its server: {(int)code} {response.ReasonPhrase}",
    };

    private static string Reason(Exception e) => (e is TimeoutException ? e : e.GetBaseException()).Message.TrimEnd('.');
}
