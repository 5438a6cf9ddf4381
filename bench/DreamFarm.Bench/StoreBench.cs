using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DreamFarm.Protocol.V1;
using Google.Protobuf;
using Grpc.Net.Client;

namespace DreamFarm.Bench;

/// <summary>
/// Submissions of small jobs by many clients at once to a real coordinator, which is then killed: how many a second, how long each
/// waits, and that none is lost; then how soon a coordinator runs again over a thousand finished and fifty queued jobs.
/// </summary>
internal static class StoreBench
{
    private const int Clients = 50;
    private const int PerSecond = 200;
    private const int Finished = 1000;
    private const int Queued = 50;
    private const int Restarts = 5;
    private const int WarmUp = 200;

    /// <param name="args">Seconds, 60 unless told otherwise, and the URL of an empty PostgreSQL database; without one the store is SQLite's file.</param>
    public static async Task RunAsync(string[] args)
    {
        int seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 60;
        string folder = Directory.CreateTempSubdirectory("dreamfarm-bench-").FullName;
        string[] store = args.Length > 1 ? ["--store", args[1]] : [];
        int port = FreePort(), web = FreePort();
        string[] command =
        [
            "coordinator", "--listen", $"127.0.0.1:{port}", "--web", $"127.0.0.1:{web}", "--data", Path.Combine(folder, "data"),
            "--max-queued-jobs", "0", "--max-queued-megapixels", "0", "--max-requests-per-second", "1000000", .. store,
        ];
        Console.WriteLine($"store, {(store.Length > 0 ? "PostgreSQL" : "SQLite")}, {Clients} clients, {PerSecond} submissions a second for {seconds} s:");
        var coordinator = Dreamfarm.Start(command);
        try
        {
            string input = Path.Combine(folder, "in.png");
            await Inputs.WriteAsync(input, 64, 48);
            byte[] image = await File.ReadAllBytesAsync(input);
            await ReadyAsync(web, coordinator);
            var jobs = await SubmitAllAsync(port, coordinator, image, seconds);

            await KillAsync(coordinator);
            coordinator = Dreamfarm.Start(command);
            await ReadyAsync(web, coordinator);
            using (var channel = Open(port))
            {
                var kept = (await new Jobs.JobsClient(channel).ListAsync(new ListJobsRequest())).Jobs.Select(job => job.Id).ToHashSet();
                Console.WriteLine($"  lost after kill -9 and a restart: {jobs.Count(id => !kept.Contains(id))} of {jobs.Count}; doubled: {kept.Count - jobs.Count}");
                await ThinAsync(new Jobs.JobsClient(channel), jobs);
            }
            await RestartAsync();
        }
        finally
        {
            await KillAsync(coordinator);
            Directory.Delete(folder, recursive: true);
        }

        async Task RestartAsync()
        {
            var ready = new List<double>();
            var running = new List<double>();
            for (int round = 0; round < Restarts; round++)
            {
                await KillAsync(coordinator);
                var clock = Stopwatch.StartNew();
                coordinator = Dreamfarm.Start(command);
                await ReadyAsync(web, coordinator);
                ready.Add(clock.Elapsed.TotalSeconds);
                using var channel = Open(port);
                while (!(await new Jobs.JobsClient(channel).ListAsync(new ListJobsRequest { Unfinished = true })).Jobs.Any(job => job.State == JobState.Running))
                    await Task.Delay(10);
                running.Add(clock.Elapsed.TotalSeconds);
            }
            Console.WriteLine($"  restart over {Finished} finished and {Queued} queued jobs, until it is ready: {Medians.Describe(ready, "s")}");
            Console.WriteLine($"  and until a job runs: {Medians.Describe(running, "s")}");
        }
    }

    private static async Task<List<string>> SubmitAllAsync(int port, Process coordinator, byte[] image, int seconds)
    {
        var waits = new List<double>();
        var ids = new List<string>();
        long late = 0;
        int next = 0, all = PerSecond * seconds;
        using (var channel = Open(port))
        {
            // The first submissions compile the coordinator's code. They count for what is lost, not for how long they wait.
            var client = new Jobs.JobsClient(channel);
            for (int i = 0; i < WarmUp; i++)
                ids.Add(await SubmitAsync(client, image));
        }
        var clock = Stopwatch.StartNew();
        using var clients = Process.GetCurrentProcess();
        var (clientsBefore, coordinatorBefore) = (clients.TotalProcessorTime, coordinator.TotalProcessorTime);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            using var channel = Open(port);
            var client = new Jobs.JobsClient(channel);
            for (int mine; (mine = Interlocked.Increment(ref next) - 1) < all;)
            {
                // Each has its moment, whether those before are answered or not; who comes late has waited already.
                var due = TimeSpan.FromSeconds(mine / (double)PerSecond);
                if (due - clock.Elapsed is { Ticks: > 0 } pause)
                    await Task.Delay(pause);
                else
                    Interlocked.Increment(ref late);
                string id = await SubmitAsync(client, image);
                double wait = (clock.Elapsed - due).TotalMilliseconds;
                lock (ids)
                {
                    ids.Add(id);
                    waits.Add(wait);
                }
            }
        }));
        double took = clock.Elapsed.TotalSeconds;
        clients.Refresh();
        coordinator.Refresh();
        waits.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {all / took:0} submissions a second; answered after {waits[all / 2]:0} ms (median), {waits[all * 99 / 100]:0} ms (99 of 100), {waits[^1]:0} ms (the slowest); {late} began late"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  processors taken: {(coordinator.TotalProcessorTime - coordinatorBefore).TotalSeconds / took:0.00} by the coordinator, {(clients.TotalProcessorTime - clientsBefore).TotalSeconds / took:0.00} by the clients"));
        return ids;
    }

    private static async Task<string> SubmitAsync(Jobs.JobsClient client, byte[] image)
    {
        using var call = client.Submit();
        await call.RequestStream.WriteAsync(new SubmitRequest
        {
            Header = new SubmitHeader { Spec = new Spec { Octaves = 1 }, InputName = "in.png", InputBytes = image.Length, SubmissionId = $"bench-{Guid.NewGuid():N}" },
        });
        await call.RequestStream.WriteAsync(new SubmitRequest { Data = ByteString.CopyFrom(image) });
        await call.RequestStream.CompleteAsync();
        return (await call.ResponseAsync).Job.Id;
    }

    /// <summary>Leaves as many finished and queued jobs as a restart is measured with.</summary>
    private static async Task ThinAsync(Jobs.JobsClient client, List<string> jobs)
    {
        var many = new ParallelOptions { MaxDegreeOfParallelism = Clients };
        await Parallel.ForEachAsync(jobs.Skip(Queued), many, async (id, cancellation) => await client.CancelAsync(new CancelJobRequest { Id = id }, cancellationToken: cancellation));
        await Parallel.ForEachAsync(jobs.Skip(Queued + Finished), many, async (id, cancellation) => await client.DeleteAsync(new DeleteJobRequest { Id = id }, cancellationToken: cancellation));
    }

    private static GrpcChannel Open(int port) => GrpcChannel.ForAddress($"http://127.0.0.1:{port}", new GrpcChannelOptions { MaxReceiveMessageSize = 1 << 30 });

    private static async Task ReadyAsync(int web, Process coordinator)
    {
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                if ((await http.GetAsync($"http://127.0.0.1:{web}/health/ready")).IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException) when (!coordinator.HasExited)
            {
            }
            await Task.Delay(10);
        }
    }

    private static async Task KillAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
