using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Messages;

/// <summary>
/// Copies the values of one message, so that caller and grain share nothing that either may change. What is immutable is passed by
/// reference, but is walked all the same: a message must be able to leave the silo, so its types must be known and its size bounded.
/// </summary>
internal sealed class MessageCopier(long maxBytes)
{
    private delegate object Visitor(MessageCopier copier, object value, bool share);

    private static readonly ConcurrentDictionary<Type, Visitor> Visitors = new();

    private static readonly HashSet<Type> Scalars =
    [
        typeof(object), typeof(decimal), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan), typeof(Guid),
        typeof(Half), typeof(Int128), typeof(UInt128), typeof(Version), typeof(Uri), typeof(IPAddress), typeof(IPEndPoint), typeof(CultureInfo),
        typeof(CancellationToken), typeof(SiloAddress),
    ];

    private static readonly Dictionary<Type, string> Generics = new()
    {
        [typeof(List<>)] = nameof(VisitList),
        [typeof(HashSet<>)] = nameof(VisitHashSet),
        [typeof(Dictionary<,>)] = nameof(VisitDictionary),
        [typeof(KeyValuePair<,>)] = nameof(VisitKeyValuePair),
        [typeof(ImmutableArray<>)] = nameof(VisitImmutableArray),
        [typeof(ReadOnlyMemory<>)] = nameof(VisitReadOnlyMemory),
        [typeof(Memory<>)] = nameof(VisitMemory),
    };

    // Objects met so far, so that references within the message stay references and cycles end.
    private readonly Dictionary<object, object> _copies = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<object> _shared = new(ReferenceEqualityComparer.Instance);
    private long _bytes;

    /// <summary>Copies one argument or result.</summary>
    /// <param name="value">What to copy.</param>
    /// <param name="share">True if it was declared immutable and is to be passed by reference.</param>
    /// <exception cref="CodecNotFoundException">The value, or one inside it, is of a type that is no message.</exception>
    /// <exception cref="OrleansException">The message is larger than <see cref="Configuration.MessagingOptions.MaxMessageBodySize"/>.</exception>
    public object? Copy(object? value, bool share)
    {
        if (value is null)
            return null;
        if (share && _shared.Contains(value))
            return value;
        if (!share && _copies.TryGetValue(value, out var existing))
            return existing;
        return Visitors.GetOrAdd(value.GetType(), Find)(this, value, share);
    }

    private T CopyOf<T>(T value, bool share) => (T)Copy(value, share)!;

    private void Count(long bytes)
    {
        _bytes += bytes;
        if (_bytes > maxBytes)
            throw new OrleansException($"The message is larger than the {maxBytes} bytes that MaxMessageBodySize allows. Send it in slices.");
    }

    private static Visitor Find(Type type)
    {
        if (type == typeof(string))
            return static (copier, value, _) => { copier.Count(2L * ((string)value).Length); return value; };
        if (IsScalar(type))
            return static (copier, value, _) => { copier.Count(8); return value; };
        if (type.IsArray)
            return type.GetElementType()!.IsPrimitive ? VisitPrimitives : VisitArray;
        if (type.IsGenericType && Generics.TryGetValue(type.GetGenericTypeDefinition(), out var name))
            return Generic(name, type.GetGenericArguments());
        if (typeof(ITuple).IsAssignableFrom(type) && type.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal))
            return VisitTuple;
        if (Contract.Applies(type))
            return VisitContract;
        throw new CodecNotFoundException($"Could not find a copier for type {type}. Mark it [GenerateSerializer] and its members [Id(n)], or send another type.");
    }

    private static bool IsScalar(Type type) =>
        type.IsPrimitive || type.IsEnum || Scalars.Contains(type)
        || typeof(Exception).IsAssignableFrom(type) || typeof(Type).IsAssignableFrom(type) || typeof(GrainReference).IsAssignableFrom(type);

    private static Visitor Generic(string name, Type[] arguments)
    {
        var method = typeof(MessageCopier).GetMethod(name, System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!;
        return method.MakeGenericMethod(arguments).CreateDelegate<Visitor>();
    }

    private static object VisitPrimitives(MessageCopier copier, object value, bool share)
    {
        copier.Count(Buffer.ByteLength((Array)value));
        return copier.Record(value, share ? value : ((Array)value).Clone());
    }

    private static object VisitArray(MessageCopier copier, object value, bool share)
    {
        var source = (Array)value;
        var target = (Array)copier.Record(source, share ? source : source.Clone());
        if (source.Rank == 1)
        {
            for (var i = 0; i < source.Length; i++)
                copier.Store(target, source.GetValue(i), share, i);
            return target;
        }

        var index = new int[source.Rank];
        for (long flat = 0; flat < source.LongLength; flat++)
        {
            var rest = flat;
            for (var dimension = source.Rank - 1; dimension >= 0; rest /= source.GetLength(dimension), dimension--)
                index[dimension] = source.GetLowerBound(dimension) + (int)(rest % source.GetLength(dimension));
            copier.Store(target, source.GetValue(index), share, index);
        }

        return target;
    }

    private void Store(Array target, object? element, bool share, params int[] index)
    {
        var copy = Copy(element, share);
        if (!share)
            target.SetValue(copy, index);
    }

    private static object VisitList<T>(MessageCopier copier, object value, bool share)
    {
        var source = (List<T>)value;
        var target = (List<T>)copier.Record(source, share ? source : new List<T>(source.Count));
        foreach (var item in source)
        {
            var copy = copier.CopyOf(item, share);
            if (!share)
                target.Add(copy);
        }

        return target;
    }

    private static object VisitHashSet<T>(MessageCopier copier, object value, bool share)
    {
        var source = (HashSet<T>)value;
        var target = (HashSet<T>)copier.Record(source, share ? source : new HashSet<T>(source.Count, source.Comparer));
        foreach (var item in source)
        {
            var copy = copier.CopyOf(item, share);
            if (!share)
                target.Add(copy);
        }

        return target;
    }

    private static object VisitDictionary<TKey, TValue>(MessageCopier copier, object value, bool share) where TKey : notnull
    {
        var source = (Dictionary<TKey, TValue>)value;
        var target = (Dictionary<TKey, TValue>)copier.Record(source, share ? source : new Dictionary<TKey, TValue>(source.Count, source.Comparer));
        foreach (var (key, item) in source)
        {
            var (keyCopy, copy) = (copier.CopyOf(key, share), copier.CopyOf(item, share));
            if (!share)
                target.Add(keyCopy, copy);
        }

        return target;
    }

    private static object VisitKeyValuePair<TKey, TValue>(MessageCopier copier, object value, bool share)
    {
        var (key, item) = (KeyValuePair<TKey, TValue>)value;
        return KeyValuePair.Create(copier.CopyOf(key, share), copier.CopyOf(item, share));
    }

    private static object VisitImmutableArray<T>(MessageCopier copier, object value, bool share)
    {
        var array = ImmutableCollectionsMarshal.AsArray((ImmutableArray<T>)value);
        // The container never changes; what it holds might.
        return ImmutableCollectionsMarshal.AsImmutableArray((T[]?)copier.Copy(array, share || IsScalar(typeof(T)) || typeof(T) == typeof(string)));
    }

    private static object VisitReadOnlyMemory<T>(MessageCopier copier, object value, bool share)
    {
        var copy = copier.CopyOf((ReadOnlyMemory<T>)value, share);
        return share ? value : new ReadOnlyMemory<T>(copy);
    }

    private static object VisitMemory<T>(MessageCopier copier, object value, bool share)
    {
        var copy = copier.CopyOf((ReadOnlyMemory<T>)(Memory<T>)value, share);
        return share ? value : new Memory<T>(copy);
    }

    private T[]? CopyOf<T>(ReadOnlyMemory<T> memory, bool share)
    {
        if (!typeof(T).IsPrimitive)
            return CopyOf(memory.ToArray(), share);
        Count((long)memory.Length * Unsafe.SizeOf<T>());
        return share ? null : memory.ToArray();
    }

    private static object VisitTuple(MessageCopier copier, object value, bool share)
    {
        var copy = RuntimeHelpers.GetUninitializedObject(value.GetType());
        foreach (var field in value.GetType().GetFields())
            field.SetValue(copy, copier.Copy(field.GetValue(value), share));
        return copy;
    }

    private static object VisitContract(MessageCopier copier, object value, bool share)
    {
        var contract = Contract.Of(value.GetType());
        share |= contract.IsImmutable;
        var target = share ? value : contract.Create();
        if (!value.GetType().IsValueType)
            copier.Record(value, target);
        foreach (var member in contract.Members)
        {
            var copy = copier.Copy(member.Get(value), share || member.IsImmutable);
            if (!share)
                member.Set(target, copy);
        }

        return target;
    }

    private object Record(object original, object copy)
    {
        if (ReferenceEquals(original, copy))
            _shared.Add(original);
        else
            _copies[original] = copy;
        return copy;
    }
}
