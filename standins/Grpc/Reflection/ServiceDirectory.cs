using System.Reflection;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Routing;
using StandIns.Grpc.Server;

namespace StandIns.Grpc.Reflection;

/// <summary>The services that are mapped, and the .proto files that declare them.</summary>
internal sealed class ServiceDirectory
{
    private readonly Dictionary<string, FileDescriptor> _filesByName = [];
    private readonly Dictionary<string, FileDescriptor> _filesBySymbol = [];

    public ServiceDirectory(EndpointDataSource endpoints)
    {
        var services = endpoints.Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType)
            .OfType<Type>()
            .Distinct()
            .Select(DescriptorOf)
            .OfType<ServiceDescriptor>()
            .ToList();
        ServiceNames = [.. services.Select(service => service.FullName)];
        foreach (var service in services)
            Add(service.File);
    }

    public IReadOnlyList<string> ServiceNames { get; }

    /// <summary>A file and all that it imports; null if there is no such file.</summary>
    public IReadOnlyList<FileDescriptor>? FindFile(string name) => WithImports(_filesByName.GetValueOrDefault(name));

    /// <summary>The file that declares a service, method, message or enum, and all that it imports.</summary>
    public IReadOnlyList<FileDescriptor>? FindSymbol(string symbol) => WithImports(_filesBySymbol.GetValueOrDefault(symbol));

    private static ServiceDescriptor? DescriptorOf(Type service) =>
        ServiceBase.BindAttributeOf(service)?.BindType.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as ServiceDescriptor;

    private static List<FileDescriptor>? WithImports(FileDescriptor? file)
    {
        if (file is null)
            return null;

        var files = new List<FileDescriptor> { file };
        for (var i = 0; i < files.Count; i++)
            files.AddRange(files[i].Dependencies.Except(files).ToList());

        return files;
    }

    private void Add(FileDescriptor file)
    {
        if (!_filesByName.TryAdd(file.Name, file))
            return;

        foreach (var import in file.Dependencies)
            Add(import);
        foreach (var message in file.MessageTypes)
            Add(message);
        foreach (var symbol in file.EnumTypes)
            _filesBySymbol[symbol.FullName] = file;
        foreach (var service in file.Services)
        {
            _filesBySymbol[service.FullName] = file;
            foreach (var method in service.Methods)
                _filesBySymbol[method.FullName] = file;
        }
    }

    private void Add(MessageDescriptor message)
    {
        _filesBySymbol[message.FullName] = message.File;
        foreach (var symbol in message.EnumTypes)
            _filesBySymbol[symbol.FullName] = message.File;
        foreach (var nested in message.NestedTypes)
            Add(nested);
    }
}
