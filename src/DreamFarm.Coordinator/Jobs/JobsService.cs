using DreamFarm.Imaging;
using DreamFarm.Protocol.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>The gRPC service for clients.</summary>
internal sealed class JobsService(Uploads uploads, Results results, IJobStore store, IGrainFactory grains, CoordinatorOptions options, TimeProvider time, IHostApplicationLifetime host, ILogger<JobsService> log)
    : Protocol.V1.Jobs.JobsBase
{
    private const int SmallestPreview = 16;
    private const int LargestPreview = 1024;
    private const int ChunkBytes = 1 << 20;

    private static readonly TimeSpan DeletePeriod = TimeSpan.FromSeconds(0.1);

    // More often nobody can look.
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromSeconds(0.1);

    [Authorize(Roles = Roles.Submit)]
    [LongCall(LongCall.Upload)]
    public override async Task<SubmitReply> Submit(IAsyncStreamReader<SubmitRequest> requestStream, ServerCallContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, host.ApplicationStopping);
        JobRecord job;
        try
        {
            job = await uploads.AcceptAsync(new PatientReader<SubmitRequest>(requestStream, options.Limits, time), Caller.Of(context).Owner, end.Token);
        }
        catch (OperationCanceledException) when (host.ApplicationStopping.IsCancellationRequested)
        {
            throw Stopping();
        }
        catch (RpcException refusal)
        {
            FarmMeter.Submitted(refusal.StatusCode);
            throw;
        }
        FarmMeter.Submitted(StatusCode.OK);
        log.Accepted(job.Id, job.InputName, job.Input.ToString(), job.Output.ToString());
        // One that was submitted before may be anywhere by now.
        if (job.State == JobState.Queued)
            await EnterAsync(job);
        return await AnswerAsync(async () => new SubmitReply { Job = await FindAsync(job.Id) });
    }

    [Authorize(Roles = Roles.View)]
    public override Task<Job> Get(GetJobRequest request, ServerCallContext context) =>
        AnswerAsync(async () => await FindAsync((await RequireAsync(request.Id, context)).Id));

    [Authorize(Roles = Roles.View)]
    public override Task<ListJobsReply> List(ListJobsRequest request, ServerCallContext context) => AnswerAsync(async () =>
    {
        var reply = new ListJobsReply();
        var caller = Caller.Of(context);
        foreach (var job in await store.ListAsync(request.Unfinished, caller.IsOperator ? null : caller.Owner, context.CancellationToken))
        {
            if (job.IsFinished)
                reply.Jobs.Add(job.ToMessage());
            // It may have been deleted meanwhile.
            else if (await grains.GetGrain<IJobGrain>(job.Id).LookAsync(-1, 0) is { } view)
                reply.Jobs.Add(Job.Parser.ParseFrom(view.Job));
        }
        return reply;
    });

    [Authorize(Roles = Roles.View)]
    [LongCall(LongCall.Watch)]
    public override async Task Watch(WatchJobRequest request, IServerStreamWriter<Job> responseStream, ServerCallContext context)
    {
        if (request.Preview != 0 && request.Preview is < SmallestPreview or > LargestPreview)
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"preview must be 0 or {SmallestPreview} to {LargestPreview} pixels, not {request.Preview}"));
        await AnswerAsync(() => RequireAsync(request.Id, context));
        // A coordinator that stops does not wait for watchers.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, host.ApplicationStopping);
        try
        {
            for (long seen = -1; ;)
            {
                // Answers after some seconds even if nothing has changed.
                var view = await AnswerAsync(() => LookAsync(request.Id, seen, request.Preview)).WaitAsync(end.Token);
                if (view.Version == seen)
                    continue;
                seen = view.Version;
                var job = Job.Parser.ParseFrom(view.Job);
                await responseStream.WriteAsync(job, end.Token);
                if (IsFinished(job))
                    return;
                await Task.Delay(WatchPeriod, time, end.Token);
            }
        }
        catch (Exception) when (host.ApplicationStopping.IsCancellationRequested)
        {
            throw Stopping();
        }
    }

    [Authorize(Roles = Roles.View)]
    public override Task<JobHistoryReply> History(JobHistoryRequest request, ServerCallContext context) => AnswerAsync(async () =>
    {
        var job = await RequireAsync(request.Id, context);
        var reply = new JobHistoryReply();
        foreach (var (moment, state, who, why) in await store.HistoryAsync(job.Id, context.CancellationToken))
            reply.Transitions.Add(new JobTransition { Time = moment.ToTimestamp(), State = state, Who = who, Why = why });
        return reply;
    });

    [Authorize(Roles = Roles.Submit)]
    public override Task<Job> Cancel(CancelJobRequest request, ServerCallContext context) => CommandAsync(JobCommand.Cancel, request.Id, context);

    [Authorize(Roles = Roles.Submit)]
    public override Task<Job> Pause(PauseJobRequest request, ServerCallContext context) => CommandAsync(JobCommand.Pause, request.Id, context);

    [Authorize(Roles = Roles.Submit)]
    public override Task<Job> Resume(ResumeJobRequest request, ServerCallContext context) =>
        CommandAsync(request.Mixed ? JobCommand.ResumeMixed : JobCommand.Resume, request.Id, context);

    [Authorize(Roles = Roles.Submit)]
    public override Task<Job> Retry(RetryJobRequest request, ServerCallContext context) => CommandAsync(JobCommand.Retry, request.Id, context);

    [Authorize(Roles = Roles.Submit)]
    public override Task<DeleteJobReply> Delete(DeleteJobRequest request, ServerCallContext context) => AnswerAsync(async () =>
    {
        if (!JobIds.CanBe(request.Id))
            throw Unknown(request.Id);
        // Deleted before, or never there for whoever asks.
        if (await store.FindAsync(request.Id, context.CancellationToken) is not { } job || !Caller.Of(context).Sees(job))
            return new DeleteJobReply();
        // A run that still ends has the job's files open.
        while (await TellAsync(JobCommand.Delete, request.Id, context) is { Ending: true })
            await Task.Delay(DeletePeriod, time, context.CancellationToken);
        return new DeleteJobReply();
    });

    [Authorize(Roles = Roles.View)]
    public override async Task Result(ResultRequest request, IServerStreamWriter<ResultChunk> responseStream, ServerCallContext context)
    {
        // A coordinator that stops waits neither for encoders nor for slow readers.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, host.ApplicationStopping);
        try
        {
            await SendResultAsync(await AnswerAsync(() => RequireAsync(request.Id, context)), request.Format, responseStream, end.Token);
        }
        catch (Exception) when (host.ApplicationStopping.IsCancellationRequested)
        {
            throw Stopping();
        }
    }

    private async Task SendResultAsync(JobRecord job, string format, IServerStreamWriter<ResultChunk> responseStream, CancellationToken cancellation)
    {
        if (job.State != JobState.Done)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"job {job.Id} is {job.State.ToString().ToLowerInvariant()}; only a job that is done has a result"));
        FileStream file;
        try
        {
            file = await results.EncodeAsync(job, format, cancellation);
        }
        catch (ImageException e)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
        catch (JobProblem e)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, e.Message));
        }
        await using (file)
        {
            long total = file.Length;
            var buffer = new byte[(int)Math.Min(ChunkBytes, total)];
            int read;
            while ((read = await file.ReadAsync(buffer, cancellation)) > 0)
                await responseStream.WriteAsync(new ResultChunk { Data = UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, read)), TotalBytes = total }, cancellation);
        }
    }

    private Task<Job> CommandAsync(JobCommand command, string id, ServerCallContext context) => AnswerAsync(async () =>
    {
        await RequireAsync(id, context);
        await TellAsync(command, id, context);
        return await FindAsync(id);
    });

    private async Task EnterAsync(JobRecord job)
    {
        try
        {
            await grains.GetGrain<IJobGrain>(job.Id).EnterAsync(QueueEntry.Of(job));
        }
        catch (TimeoutException)
        {
            // The job is accepted, and tells the queue until it is heard.
        }
    }

    /// <summary>Says in a sentence that the store or a job does not answer now.</summary>
    private static async Task<T> AnswerAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (StoreException e)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, $"{e.Message}: ask again a little later"));
        }
        catch (TimeoutException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the job does not answer now: ask again a little later"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"the job's files cannot be read or changed on the coordinator: {DiskReason.Of(e)}"));
        }
    }

    /// <summary>Null if the job is gone meanwhile.</summary>
    private async Task<JobAnswer?> TellAsync(JobCommand command, string id, ServerCallContext context)
    {
        var answer = await grains.GetGrain<IJobGrain>(id).CommandAsync(command, Caller.Of(context).Owner, "");
        return answer?.Refusal is { } refusal ? throw new RpcException(new Status(StatusCode.FailedPrecondition, refusal)) : answer;
    }

    private async Task<Job> FindAsync(string id) => Job.Parser.ParseFrom((await LookAsync(id, -1, 0)).Job);

    private async Task<JobView> LookAsync(string id, long seen, int preview) =>
        await grains.GetGrain<IJobGrain>(id).LookAsync(seen, preview) ?? throw Unknown(id);

    // What is no job's name makes no grain, and what another owns is not there.
    private async Task<JobRecord> RequireAsync(string id, ServerCallContext context) =>
        JobIds.CanBe(id) && await store.FindAsync(id, context.CancellationToken) is { } job && Caller.Of(context).Sees(job) ? job : throw Unknown(id);

    private static RpcException Stopping() => new(new Status(StatusCode.Unavailable, "the coordinator is stopping"));

    private static RpcException Unknown(string id) => new(new Status(StatusCode.NotFound, $"there is no job \"{id}\""));

    private static bool IsFinished(Job job) => job.State is JobState.Done or JobState.Failed or JobState.Cancelled;
}
