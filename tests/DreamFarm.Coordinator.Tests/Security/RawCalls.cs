using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace DreamFarm.Coordinator.Tests;

/// <summary>Calls any method by its descriptor, with any token.</summary>
internal sealed class RawCalls(TestFarm farm) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = farm.Coordinator.Address };

    /// <summary>Every method that a coordinator serves for clients and workers.</summary>
    public static IEnumerable<MethodDescriptor> Methods =>
        ((FileDescriptor[])[Protocol.V1.JobsReflection.Descriptor, Protocol.V1.WorkersReflection.Descriptor, Protocol.V1.AssetsReflection.Descriptor])
        .SelectMany(file => file.Services).SelectMany(service => service.Methods);

    /// <summary>Makes a token that the coordinator knows when this returns.</summary>
    public static async Task<string> MakeTokenAsync(TestFarm farm, string owner, params string[] roles)
    {
        await using var book = await TokenBook.OpenAsync(new CoordinatorOptions { DataFolder = farm.DataFolder }, TimeProvider.System, CancellationToken.None);
        var (text, _) = await book.CreateAsync(owner, roles, null, CancellationToken.None);
        await farm.Coordinator.Services.GetRequiredService<TokenDirectory>().LoadAsync(CancellationToken.None);
        return text;
    }

    /// <summary>What a message with this id, the field 1 of most requests, is answered with.</summary>
    public async Task<Status> CallAsync(string path, string? token, string id = "")
    {
        byte[] message = new Protocol.V1.GetJobRequest { Id = id }.ToByteArray();
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, (byte)message.Length, .. message]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var headers = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        string detail = headers.TryGetValues("grpc-message", out var said) ? Uri.UnescapeDataString(said.Single()) : "";
        return new Status((StatusCode)int.Parse(headers.GetValues("grpc-status").Single()), detail);
    }

    public static string PathOf(MethodDescriptor method) => $"/{method.Service.FullName}/{method.Name}";

    public void Dispose() => _http.Dispose();
}
