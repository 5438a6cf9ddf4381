using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Orleans.Serialization;

namespace Orleans.Messages;

/// <summary>Which members of a [GenerateSerializer] type make up the message: those with an [Id], and a record's primary constructor parameters.</summary>
internal sealed class Contract
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly ConcurrentDictionary<Type, Contract> Known = new();

    private readonly Type _type;
    private readonly bool _hasDefaultConstructor;

    private Contract(Type type)
    {
        _type = type;
        IsImmutable = type.IsDefined(typeof(ImmutableAttribute), inherit: false);
        _hasDefaultConstructor = type.IsValueType || type.GetConstructor(Declared, Type.EmptyTypes) is not null;

        var members = new List<Member>();
        for (var declaring = type; declaring != null && declaring != typeof(object) && declaring != typeof(ValueType); declaring = declaring.BaseType)
        {
            if (!Applies(declaring))
                throw new CodecNotFoundException($"Could not find a copier for type {declaring}, the base type of {type}. Mark it [GenerateSerializer] too.");
            AddMembers(declaring, members);
        }

        Members = [.. members];
    }

    public bool IsImmutable { get; }

    public Member[] Members { get; }

    public static bool Applies(Type type) => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false);

    public static Contract Of(Type type) => Known.GetOrAdd(type, static type => new Contract(type));

    /// <summary>A new instance, in which members outside the contract have their initial values.</summary>
    public object Create() => _hasDefaultConstructor
        ? Activator.CreateInstance(_type, nonPublic: true)!
        : RuntimeHelpers.GetUninitializedObject(_type);

    private static void AddMembers(Type type, List<Member> members)
    {
        var constructorParameters = PrimaryConstructorParameters(type);
        var properties = type.GetProperties(Declared);

        foreach (var field in type.GetFields(Declared))
        {
            // A property's own storage: the attributes stand on the property.
            var property = properties.FirstOrDefault(p => field.Name == $"<{p.Name}>k__BackingField");
            if (HasId(field) || (property is not null && (HasId(property) || constructorParameters.Contains(property.Name))))
                members.Add(new Member(field, field.GetValue, field.SetValue, IsImmutableMember(field) || (property is not null && IsImmutableMember(property))));
        }

        foreach (var property in properties)
        {
            var storedByCompiler = type.GetField($"<{property.Name}>k__BackingField", Declared) is not null;
            if (HasId(property) && !storedByCompiler && property is { CanRead: true, CanWrite: true })
                members.Add(new Member(property, property.GetValue, property.SetValue, IsImmutableMember(property)));
        }
    }

    private static bool HasId(MemberInfo member) =>
        member.IsDefined(typeof(IdAttribute), inherit: false) && !member.IsDefined(typeof(NonSerializedAttribute), inherit: false);

    private static bool IsImmutableMember(MemberInfo member) => member.IsDefined(typeof(ImmutableAttribute), inherit: false);

    private static HashSet<string> PrimaryConstructorParameters(Type type)
    {
        var asked = type.GetCustomAttributesData()
            .First(a => a.AttributeType == typeof(GenerateSerializerAttribute)).NamedArguments
            .FirstOrDefault(a => a.MemberName == nameof(GenerateSerializerAttribute.IncludePrimaryConstructorParameters));
        var include = asked.TypedValue.Value as bool? ?? IsRecord(type);
        if (!include)
            return [];

        var constructor = type.GetConstructors(Declared)
            .Where(c => c.GetParameters() is { Length: > 0 } p && p[0].ParameterType != type)
            .MinBy(c => c.MetadataToken);
        return constructor is null ? [] : new(constructor.GetParameters().Select(p => p.Name!), StringComparer.OrdinalIgnoreCase);
    }

    // The compiler leaves no mark on records but the members that it writes for them.
    private static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$", Declared) is not null
        || (type.GetMethod("PrintMembers", Declared, [typeof(StringBuilder)]) is { } print && print.IsDefined(typeof(CompilerGeneratedAttribute)));

    /// <summary>One value of the message.</summary>
    public readonly record struct Member(MemberInfo Info, Func<object, object?> Get, Action<object, object?> Set, bool IsImmutable);
}
