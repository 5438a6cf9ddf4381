using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1Alpha;

namespace StandIns.Grpc.Reflection;

/// <summary>grpc.reflection.v1alpha, which differs from v1 in its name alone.</summary>
internal sealed class ReflectionV1AlphaService(ServiceDirectory directory) : ServerReflection.ServerReflectionBase
{
    public override async Task ServerReflectionInfo(IAsyncStreamReader<ServerReflectionRequest> requestStream, IServerStreamWriter<ServerReflectionResponse> responseStream, ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            var response = Answer(request);
            response.ValidHost = request.Host;
            response.OriginalRequest = request;
            await responseStream.WriteAsync(response, context.CancellationToken);
        }
    }

    private static ServerReflectionResponse Files(IReadOnlyList<FileDescriptor>? files, string wanted) => files is null
        ? Error(StatusCode.NotFound, $"There is no {wanted}.")
        : new() { FileDescriptorResponse = new() { FileDescriptorProto = { files.Select(file => file.SerializedData) } } };

    private static ServerReflectionResponse Error(StatusCode code, string message) => new() { ErrorResponse = new() { ErrorCode = (int)code, ErrorMessage = message } };

    private ServerReflectionResponse Answer(ServerReflectionRequest request) => request.MessageRequestCase switch
    {
        ServerReflectionRequest.MessageRequestOneofCase.ListServices => new() { ListServicesResponse = new() { Service = { directory.ServiceNames.Select(name => new ServiceResponse { Name = name }) } } },
        ServerReflectionRequest.MessageRequestOneofCase.FileByFilename => Files(directory.FindFile(request.FileByFilename), $"file {request.FileByFilename}"),
        ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol => Files(directory.FindSymbol(request.FileContainingSymbol), $"symbol {request.FileContainingSymbol}"),
        _ => Error(StatusCode.Unimplemented, "Extensions cannot be asked for."),
    };
}
