using DreamFarm.Dreaming;
using DreamFarm.Imaging;
using DreamFarm.Protocol.Specs;
using Grpc.Core;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>
/// Takes an upload from its first byte to an accepted job. Everything is made in a temporary folder, which becomes the
/// job's folder at the very end or is deleted.
/// </summary>
internal sealed class Uploads(JobFiles files, IJobStore store, SubmittedWeights weights, SubmittedGuide guide, DecoderPool decoders, CoordinatorOptions options, TimeProvider time)
{
    private const int LongestName = 255;

    /// <param name="owner">Whose the job will be.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT, or FAILED_PRECONDITION for lack of weights, with one sentence; nothing is left behind.</exception>
    public async Task<JobRecord> AcceptAsync(IAsyncStreamReader<V1.SubmitRequest> upload, string owner, CancellationToken cancellation)
    {
        if (!await upload.MoveNext(cancellation) || upload.Current.PartCase != V1.SubmitRequest.PartOneofCase.Header)
            throw Refuse("the first message must be the header");
        var header = upload.Current.Header;
        Check(header);
        // Sent again, because its answer was lost: nobody need upload it again.
        if (header.SubmissionId.Length > 0 && await FindAsync(owner, header, cancellation) is { } first)
            return first;
        weights.Check(header.Spec);
        guide.Check(header.Spec);
        string folder = files.Temporary();
        try
        {
            Directory.CreateDirectory(folder);
            await ReceiveAsync(upload, header, JobFiles.Input(folder), cancellation);
            return await AddAsync(header, owner, folder, cancellation);
        }
        catch (ImageException e)
        {
            throw Refuse(e.Message);
        }
        catch (JobProblem e)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, e.Message));
        }
        catch (IOException e) when (!cancellation.IsCancellationRequested)
        {
            throw CannotStore(header, e);
        }
        catch (OwnerLimitException e)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, e.Message));
        }
        catch (StoreException e)
        {
            throw CannotStore(header, e);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private void Check(V1.SubmitHeader header)
    {
        if (header.Spec is null)
            throw Refuse("the header has no spec");
        if (header.InputName.Length is 0 or > LongestName || header.InputName.AsSpan().ContainsAny('/', '\\') || header.InputName.Any(char.IsControl))
            throw Refuse($"input_name must be a file's name of 1 to {LongestName} characters without folders");
        if (header.InputBytes < 1 || header.InputBytes > options.MaxInputBytes)
            throw Refuse($"{header.InputName} must have 1 to {options.MaxInputBytes} bytes (the coordinator's --max-upload-megabytes), not {header.InputBytes}");
        if ((SubmitFields.Priority.Check(header.Priority) ?? SubmitFields.CheckSubmissionId(header.SubmissionId)) is { } problem)
            throw Refuse(problem);
    }

    private static async Task ReceiveAsync(IAsyncStreamReader<V1.SubmitRequest> upload, V1.SubmitHeader header, string path, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
            BufferSize = 0,
        });
        long received = 0;
        while (await upload.MoveNext(cancellation))
        {
            if (upload.Current.PartCase != V1.SubmitRequest.PartOneofCase.Data)
                throw Refuse("after the header only data may come");
            received += upload.Current.Data.Length;
            if (received > header.InputBytes)
                throw Refuse($"the upload of {header.InputName} has more than the {header.InputBytes} bytes that its header says");
            await file.WriteAsync(upload.Current.Data.Memory, cancellation);
        }
        if (received < header.InputBytes)
            throw Refuse($"the upload of {header.InputName} stopped after {received} of {header.InputBytes} bytes");
        file.Flush(flushToDisk: true);
    }

    private async Task<JobRecord> AddAsync(V1.SubmitHeader header, string owner, string folder, CancellationToken cancellation)
    {
        // The header alone: the job decodes the rest when it runs.
        var image = await decoders.InspectAsync(JobFiles.Input(folder), header.InputName, cancellation);
        var size = new Size(image.Height, image.Width);
        if (!SpecReader.TryRead(header.Spec, size, out var plan, out string? problem))
            throw Refuse(problem);
        var output = plan.Plan.Octaves[^1].Size;
        if (header.OutputFormat.Length > 0)
        {
            var format = Results.Find(header.OutputFormat);
            var picture = format.KeepsCanvas ? output : plan.Result;
            if (format.CheckSize(picture.Width, picture.Height) is { } tooLarge)
                throw Refuse(tooLarge);
        }

        var job = new JobRecord
        {
            Id = JobIds.New(),
            Owner = owner,
            SubmissionId = header.SubmissionId,
            Priority = header.Priority,
            InputName = header.InputName,
            Spec = plan.Spec,
            Input = size,
            InputBits = image.BitsPerSample,
            InputHasAlpha = image.HasAlpha,
            Output = output,
            Submitted = time.GetUtcNow(),
        };
        return await KeepAsync(job, folder, cancellation);
    }

    /// <summary>Makes the job's files durable, then its record: from then on it is accepted.</summary>
    private async Task<JobRecord> KeepAsync(JobRecord job, string folder, CancellationToken cancellation)
    {
        bool unknown = false;
        JobRecord? added = null;
        try
        {
            await files.AdoptAsync(folder, job.Id);
            return added = await store.AddAsync(job, new Transition(job.Submitted, V1.JobState.Queued, job.Owner, ""), cancellation);
        }
        catch (StoreException e)
        {
            unknown = e.MayBeWritten;
            throw;
        }
        finally
        {
            // Refused, or there already. Where nobody knows, the files stay: the next start knows.
            if (added?.Id != job.Id && !unknown)
                files.DeleteFolder(job.Id);
        }
    }

    private async Task<JobRecord?> FindAsync(string owner, V1.SubmitHeader header, CancellationToken cancellation)
    {
        try
        {
            return await store.FindSubmissionAsync(owner, header.SubmissionId, cancellation);
        }
        catch (StoreException e)
        {
            throw CannotStore(header, e);
        }
    }

    private static RpcException CannotStore(V1.SubmitHeader header, StoreException failure) => new(new Status(
        failure.Trouble == StoreTrouble.Full ? StatusCode.ResourceExhausted : StatusCode.Unavailable,
        $"the coordinator cannot store {header.InputName} now: {failure.Message}"));

    private static RpcException CannotStore(V1.SubmitHeader header, Exception failure) =>
        new(new Status(StatusCode.ResourceExhausted, $"the coordinator cannot store {header.InputName}: {DiskReason.Of(failure)}"));

    private static RpcException Refuse(string problem) => new(new Status(StatusCode.InvalidArgument, problem));
}
