using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.References;

/// <summary>Finds grain classes in the program's assemblies.</summary>
internal sealed class GrainClasses
{
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), Type> _known = new();
    private readonly Lazy<Type[]> _classes = new(Scan);

    /// <summary>The one class that implements a grain interface.</summary>
    public Type Implementing(Type grainInterface, string? classNamePrefix) => _known.GetOrAdd((grainInterface, classNamePrefix), Find);

    private Type Find((Type Interface, string? Prefix) wanted)
    {
        var found = _classes.Value
            .Where(c => wanted.Interface.IsAssignableFrom(c) && (wanted.Prefix is null || c.FullName!.StartsWith(wanted.Prefix, StringComparison.Ordinal)))
            .ToArray();
        return found switch
        {
            [var one] => one,
            [] => throw new ArgumentException($"Could not find an implementation for interface {wanted.Interface}."),
            _ => throw new ArgumentException($"Unable to identify a single appropriate grain type for interface {wanted.Interface}. Candidates: {string.Join(", ", found.Select(c => c.FullName))}."),
        };
    }

    private static Type[] Scan() =>
    [
        .. Assemblies().SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false }
                && typeof(IGrainBase).IsAssignableFrom(type) && typeof(IGrain).IsAssignableFrom(type)),
    ];

    // A referenced assembly is loaded only when something in it is first used, so references are followed too.
    private static HashSet<Assembly> Assemblies()
    {
        var own = typeof(GrainClasses).Assembly.GetName().Name;
        var found = new HashSet<Assembly>();
        var open = new Stack<Assembly>(AppDomain.CurrentDomain.GetAssemblies());
        while (open.TryPop(out var assembly))
        {
            var references = assembly.GetReferencedAssemblies();
            if (assembly.IsDynamic || references.All(r => r.Name != own) || !found.Add(assembly))
                continue;
            foreach (var reference in references)
                open.Push(Assembly.Load(reference));
        }

        return found;
    }
}
