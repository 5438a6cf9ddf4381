using System.Diagnostics;
using DreamFarm.Protocol;
using DreamFarm.Protocol.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace DreamFarm.Coordinator.Tests;

public class RegistrationTests
{
    [Theory]
    [InlineData(":7610", "ipv4:10.0.0.5:51234", "10.0.0.5:7610")]
    [InlineData(":7610", "ipv6:[::ffff:10.0.0.5]:51234", "10.0.0.5:7610")]
    [InlineData(":7610", "ipv6:[fd00::5]:51234", "[fd00::5]:7610")]
    [InlineData("gpu-7.farm:80", "ipv4:10.0.0.5:51234", "gpu-7.farm:80")]
    [InlineData("[fd00::5]:80", "ipv4:10.0.0.5:51234", "[fd00::5]:80")]
    public void An_address_without_a_host_is_completed_with_where_it_comes_from(string address, string peer, string expected) =>
        Assert.Equal(expected, DialBack.Read(address, peer, out _));

    [Theory]
    [InlineData("")]
    [InlineData("7610")]
    [InlineData(":")]
    [InlineData(":0")]
    [InlineData(":65536")]
    [InlineData("host:")]
    [InlineData("a host:7610")]
    [InlineData("http://host:7610/x")]
    public async Task An_address_that_cannot_be_dialled_is_refused(string address)
    {
        await using var farm = await TestFarm.StartAsync();
        var error = await Assert.ThrowsAsync<RpcException>(async () => await farm.Workers.RegisterAsync(Request("w-1", address)));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("address must be HOST:PORT", error.Status.Detail);
        Assert.Empty((await farm.Workers.ListAsync(new ListWorkersRequest())).Workers);
    }

    [Fact]
    public async Task A_silent_worker_is_lost_until_it_registers_again()
    {
        var time = new LaterTime();
        await using var farm = await TestFarm.StartAsync(options => options with { Lease = TimeSpan.FromMinutes(8) }, silo => silo.Services.AddSingleton<TimeProvider>(time));
        Assert.Equal(480, (await farm.Workers.RegisterAsync(Request("w-1", ":7999"))).LeaseSeconds);
        await farm.Workers.HeartbeatAsync(new HeartbeatRequest { Id = "w-1" });
        // Nobody listens there, so it is lost at once; but not yet for its silence.
        time.Later += TimeSpan.FromMinutes(5);
        await farm.Workers.HeartbeatAsync(new HeartbeatRequest { Id = "w-1" });
        time.Later += TimeSpan.FromMinutes(5);
        Assert.DoesNotContain("silent", Assert.Single((await farm.Workers.ListAsync(new ListWorkersRequest())).Workers).Message);
        time.Later += TimeSpan.FromMinutes(3.1);
        await UntilAsync(farm, worker => worker.Message == "silent for more than 480 s");
        var lost = Assert.Single((await farm.Workers.ListAsync(new ListWorkersRequest())).Workers);
        Assert.Equal((WorkerState.Lost, "127.0.0.1:7999"), (lost.State, lost.Address));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await farm.Workers.HeartbeatAsync(new HeartbeatRequest { Id = "w-1" }));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        await farm.Workers.RegisterAsync(Request("w-1", ":7999"));
        await farm.Workers.HeartbeatAsync(new HeartbeatRequest { Id = "w-1" });
    }

    [Fact]
    public async Task A_restarted_worker_takes_the_place_of_the_one_that_listened_there()
    {
        await using var farm = await TestFarm.StartAsync();
        await farm.Workers.RegisterAsync(Request("w-1", ":7999"));
        await farm.Workers.RegisterAsync(Request("w-2", ":7999"));
        Assert.Equal("w-2", Assert.Single((await farm.Workers.ListAsync(new ListWorkersRequest())).Workers).Id);
        await farm.Workers.LeaveAsync(new LeaveRequest { Id = "w-2" });
        Assert.Empty((await farm.Workers.ListAsync(new ListWorkersRequest())).Workers);
    }

    [Fact]
    public async Task A_worker_of_another_protocol_is_refused_and_told_both_versions()
    {
        await using var farm = await TestFarm.StartAsync();
        var request = Request("w-1", ":7999");
        request.Protocol = ProtocolVersion.Current + 1;
        var error = await Assert.ThrowsAsync<RpcException>(async () => await farm.Workers.RegisterAsync(request));
        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Contains($"the worker speaks version {ProtocolVersion.Current + 1} of the protocol, the coordinator version {ProtocolVersion.Current}", error.Status.Detail);
        Assert.Empty((await farm.Workers.ListAsync(new ListWorkersRequest())).Workers);
    }

    [Fact]
    public async Task A_worker_told_to_drain_hears_of_it_with_its_next_heartbeat()
    {
        await using var farm = await TestFarm.StartAsync();
        await farm.Workers.RegisterAsync(Request("w-12", ":7999"));
        await farm.Workers.RegisterAsync(Request("w-13", ":7998"));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await farm.Workers.DrainAsync(new DrainWorkerRequest { Id = "w-2" }));
        Assert.Equal((StatusCode.NotFound, "there is no worker w-2: `dreamfarm workers list` names those that there are"), (error.StatusCode, error.Status.Detail));
        error = await Assert.ThrowsAsync<RpcException>(async () => await farm.Workers.DrainAsync(new DrainWorkerRequest { Id = "w-1" }));
        Assert.Equal((StatusCode.InvalidArgument, "w-1 may be any of w-12, w-13: give more of the id"), (error.StatusCode, error.Status.Detail));
        Assert.False((await farm.Workers.HeartbeatAsync(new HeartbeatRequest { Id = "w-13" })).Drain);

        Assert.Equal("w-13", (await farm.Workers.DrainAsync(new DrainWorkerRequest { Id = "w-13" })).Id);
        Assert.True((await farm.Workers.HeartbeatAsync(new HeartbeatRequest { Id = "w-13" })).Drain);
        Assert.False((await farm.Workers.HeartbeatAsync(new HeartbeatRequest { Id = "w-12" })).Drain);
        await farm.Workers.LeaveAsync(new LeaveRequest { Id = "w-13" });
        Assert.Single((await farm.Workers.ListAsync(new ListWorkersRequest())).Workers);
    }

    [Fact]
    public async Task A_workers_tiles_are_counted()
    {
        await using var farm = await TestFarm.StartAsync();
        await farm.AddInstantAsync();
        var job = await farm.SubmitAsync(await farm.DrawAsync(96, 80), new Spec { Layers = "3a", Octaves = 1, Steps = 3, Tile = 512 });
        await farm.FinishAsync(job.Id);
        await UntilAsync(farm, worker => worker is { TilesDone: >= 3, TilesHeld: 0 });
        var worker = (await farm.Workers.ListAsync(new ListWorkersRequest())).Workers[0];
        Assert.Equal((3L, 0, 0L, WorkerState.Idle), (worker.TilesDone, worker.TilesHeld, worker.TilesFailed, worker.State));
    }

    /// <summary>A clock of which more has passed when the test says so.</summary>
    private sealed class LaterTime : TimeProvider
    {
        private long _later;

        public TimeSpan Later
        {
            get => new(Volatile.Read(ref _later));
            set => Volatile.Write(ref _later, value.Ticks);
        }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Later.TotalSeconds * TimestampFrequency);
    }

    /// <summary>Waits until something is said of the only worker.</summary>
    private static async Task UntilAsync(TestFarm farm, Func<WorkerInfo, bool> condition)
    {
        for (long began = Stopwatch.GetTimestamp(); !condition(Assert.Single((await farm.Workers.ListAsync(new ListWorkersRequest())).Workers)); await Task.Delay(50))
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(2), "waited in vain");
    }

    private static RegisterRequest Request(string id, string address) => new() { Id = id, Address = address, Device = "cpu", Lanes = 1, MaxWindowPixels = 1 << 20, Protocol = ProtocolVersion.Current };
}
