using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;

namespace StandIns.Grpc.Tests.Server;

public sealed class ReflectionTests
{
    [Fact]
    public async Task Services_are_listed()
    {
        await using var server = await ExchangeServer.StartAsync();

        var answer = await AskAsync(server, new ServerReflectionRequest { ListServices = "*" });

        Assert.Contains("exchange.Exchange", answer.ListServicesResponse.Service.Select(service => service.Name));
        Assert.Contains("grpc.health.v1.Health", answer.ListServicesResponse.Service.Select(service => service.Name));
    }

    [Theory]
    [InlineData("exchange.Exchange")]
    [InlineData("exchange.Exchange.Chat")]
    [InlineData("exchange.Parcel")]
    public async Task A_symbol_is_found_in_its_file(string symbol)
    {
        await using var server = await ExchangeServer.StartAsync();

        var answer = await AskAsync(server, new ServerReflectionRequest { FileContainingSymbol = symbol });

        var file = FileDescriptorProto.Parser.ParseFrom(Assert.Single(answer.FileDescriptorResponse.FileDescriptorProto));
        Assert.Equal("exchange.proto", file.Name);
    }

    [Fact]
    public async Task A_file_is_found_by_its_name_and_what_is_not_there_is_not_found()
    {
        await using var server = await ExchangeServer.StartAsync();

        Assert.Single((await AskAsync(server, new ServerReflectionRequest { FileByFilename = "exchange.proto" })).FileDescriptorResponse.FileDescriptorProto);
        Assert.Equal((int)StatusCode.NotFound, (await AskAsync(server, new ServerReflectionRequest { FileByFilename = "no.proto" })).ErrorResponse.ErrorCode);
        Assert.Equal((int)StatusCode.NotFound, (await AskAsync(server, new ServerReflectionRequest { FileContainingSymbol = "no.Symbol" })).ErrorResponse.ErrorCode);
    }

    private static async Task<ServerReflectionResponse> AskAsync(IExchangePeer server, ServerReflectionRequest question)
    {
        using var channel = server.OpenChannel();
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(question);
        Assert.True(await call.ResponseStream.MoveNext(default));
        await call.RequestStream.CompleteAsync();
        return call.ResponseStream.Current;
    }
}
