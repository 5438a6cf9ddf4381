using DreamFarm.Protocol.V1;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DreamFarm.Coordinator.Tests;

/// <summary>Who may call what: every method of every service, found by its descriptor, so that a new one cannot be forgotten.</summary>
public class RolesTests
{
    private static readonly Dictionary<string, string> Needed = new()
    {
        ["/dreamfarm.v1.Jobs/Submit"] = "submit",
        ["/dreamfarm.v1.Jobs/Get"] = "view",
        ["/dreamfarm.v1.Jobs/List"] = "view",
        ["/dreamfarm.v1.Jobs/Watch"] = "view",
        ["/dreamfarm.v1.Jobs/History"] = "view",
        ["/dreamfarm.v1.Jobs/Result"] = "view",
        ["/dreamfarm.v1.Jobs/Cancel"] = "submit",
        ["/dreamfarm.v1.Jobs/Pause"] = "submit",
        ["/dreamfarm.v1.Jobs/Resume"] = "submit",
        ["/dreamfarm.v1.Jobs/Retry"] = "submit",
        ["/dreamfarm.v1.Jobs/Delete"] = "submit",
        ["/dreamfarm.v1.Workers/Register"] = "work",
        ["/dreamfarm.v1.Workers/Heartbeat"] = "work",
        ["/dreamfarm.v1.Workers/Leave"] = "work",
        ["/dreamfarm.v1.Workers/List"] = "operate",
        ["/dreamfarm.v1.Workers/Drain"] = "operate",
        ["/dreamfarm.v1.Assets/Find"] = "submit",
        ["/dreamfarm.v1.Assets/Upload"] = "submit",
        ["/dreamfarm.v1.Assets/Download"] = "work",
    };

    [Fact]
    public async Task Every_method_asks_for_its_role_and_for_no_other()
    {
        Assert.Equal(Needed.Keys.Order(), RawCalls.Methods.Select(RawCalls.PathOf).Order());
        await using var farm = await TestFarm.StartAsync();
        using var calls = new RawCalls(farm);
        foreach (string role in TokenBook.KnownRoles)
        {
            string token = await RawCalls.MakeTokenAsync(farm, $"o-{role}", role);
            foreach (var (path, needed) in Needed)
            {
                bool may = needed == role || role == "operate" && needed != "work" || role == "submit" && needed == "view";
                var status = await calls.CallAsync(path, token);
                Assert.True(may == (status.StatusCode != StatusCode.PermissionDenied), $"{role} calls {path}: {status}");
                if (!may)
                    Assert.Equal($"this needs a token with the role {needed}, which that of o-{role} does not have", status.Detail);
            }
        }
    }

    [Fact]
    public async Task Nothing_is_served_that_names_no_role_but_health()
    {
        await using var farm = await TestFarm.StartAsync();
        foreach (var endpoint in farm.Coordinator.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            string route = endpoint.RoutePattern.RawText!;
            if (route.Contains('{') || IsUnimplemented(endpoint) || endpoint.Metadata.GetMetadata<IAuthorizeData>() is { Roles.Length: > 0 } || endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null)
                continue;
            Assert.True(endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null && route.Contains("ealth"), $"{route} names no role");
        }
    }

    [Fact]
    public async Task Without_a_token_nothing_is_answered_but_health_and_what_is_not_there()
    {
        await using var farm = await TestFarm.StartAsync();
        using var calls = new RawCalls(farm);
        await RawCalls.MakeTokenAsync(farm, "ann", "operate");
        foreach (var method in RawCalls.Methods)
        {
            var status = await calls.CallAsync(RawCalls.PathOf(method), null);
            Assert.Equal(StatusCode.Unauthenticated, status.StatusCode);
            Assert.Contains("DREAMFARM_TOKEN", status.Detail);
            Assert.Equal((StatusCode.Unauthenticated, "your token is not known here"), Said(await calls.CallAsync(RawCalls.PathOf(method), "dft_nonsense")));
        }
        Assert.Equal(StatusCode.Unauthenticated, (await calls.CallAsync("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", null)).StatusCode);
        Assert.Equal(StatusCode.OK, (await calls.CallAsync("/grpc.health.v1.Health/Check", null)).StatusCode);
        Assert.Equal(StatusCode.Unimplemented, (await calls.CallAsync("/dreamfarm.v1.Jobs/Nonsense", null)).StatusCode);

        using var web = new HttpClient { BaseAddress = farm.Coordinator.Web };
        Assert.Equal("ready\n", await web.GetStringAsync("/health/ready", TestContext.Current.CancellationToken));
        using var metrics = await web.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, metrics.StatusCode);
        Assert.Contains("token", await metrics.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Anothers_job_is_answered_like_one_that_never_was()
    {
        await using var farm = await TestFarm.StartAsync();
        using var calls = new RawCalls(farm);
        string path = await farm.DrawAsync(96, 80);
        var job = await farm.SubmitAsync(path, new Spec { Layers = "3a", Octaves = 1, Steps = 1 });
        Assert.Equal(JobRecord.LocalOwner, job.Owner);
        string mine = await RawCalls.MakeTokenAsync(farm, JobRecord.LocalOwner, "submit");
        string other = await RawCalls.MakeTokenAsync(farm, "bob", "submit");
        string operating = await RawCalls.MakeTokenAsync(farm, "olga", "operate");
        const string unknown = "d-aaaaaaaaaa";

        foreach (var method in RawCalls.Methods.Where(method => method.Service.Name == "Jobs" && method.InputType.FindFieldByName("id") is not null && method.Name is not ("Watch" or "Delete")))
        {
            string call = RawCalls.PathOf(method);
            var (his, none) = (await calls.CallAsync(call, other, job.Id), await calls.CallAsync(call, other, unknown));
            Assert.Equal(none.Detail.Replace(unknown, job.Id), his.Detail);
            Assert.Equal((StatusCode.NotFound, StatusCode.NotFound), (none.StatusCode, his.StatusCode));
            Assert.NotEqual(StatusCode.NotFound, (await calls.CallAsync(call, mine, job.Id)).StatusCode);
            Assert.NotEqual(StatusCode.NotFound, (await calls.CallAsync(call, operating, job.Id)).StatusCode);
        }
        Assert.Equal(StatusCode.NotFound, (await calls.CallAsync("/dreamfarm.v1.Jobs/Watch", other, job.Id)).StatusCode);
        // Deleting is done when there is nothing, for him: and nothing is deleted.
        Assert.Equal(StatusCode.OK, (await calls.CallAsync("/dreamfarm.v1.Jobs/Delete", other, job.Id)).StatusCode);
        Assert.Equal(StatusCode.OK, (await calls.CallAsync("/dreamfarm.v1.Jobs/Get", mine, job.Id)).StatusCode);
        Assert.Equal((0, 1, 1), (await CountAsync(farm, other), await CountAsync(farm, mine), await CountAsync(farm, operating)));
    }

    // What the generated base class answers shows nothing.
    private static bool IsUnimplemented(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is { } grpc && grpc.ServiceType.GetMethod(grpc.Method.Name)?.DeclaringType != grpc.ServiceType;

    private static (StatusCode, string) Said(Status status) => (status.StatusCode, status.Detail);

    private static async Task<int> CountAsync(TestFarm farm, string token) =>
        (await farm.Jobs.ListAsync(new ListJobsRequest(), new Metadata { { "authorization", $"Bearer {token}" } })).Jobs.Count;
}
