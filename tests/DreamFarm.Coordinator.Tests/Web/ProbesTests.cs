using System.Net;

namespace DreamFarm.Coordinator.Tests;

public class ProbesTests
{
    [Theory]
    [InlineData("/health/live", HttpStatusCode.OK, "live\n")]
    [InlineData("/health/ready", HttpStatusCode.OK, "ready\n")]
    [InlineData("/health/nonsense", HttpStatusCode.NotFound, "")]
    public async Task A_running_coordinator_answers_probes_in_plain_text(string path, HttpStatusCode status, string text)
    {
        await using var farm = await TestFarm.StartAsync();
        using var http = new HttpClient { BaseAddress = farm.Coordinator.Web };
        using var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal((status, text), (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        if (text.Length > 0)
            Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        Assert.NotEqual(farm.Coordinator.Address.Port, farm.Coordinator.Web.Port);
    }
}
