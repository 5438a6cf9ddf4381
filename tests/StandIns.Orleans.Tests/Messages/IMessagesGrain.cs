using System.Collections.Immutable;
using Orleans.Concurrency;

namespace StandIns.Orleans.Tests.Messages;

public interface IMessagesGrain : IGrainWithIntegerKey
{
    /// <summary>Keeps the argument in the journal as what was seen, and returns it.</summary>
    Task<object> EchoAsync(object value);

    Task KeepAsync(byte[] bytes);

    Task KeepImmutableAsync([Immutable] byte[] bytes);

    Task KeepWrappedAsync(Immutable<byte[]> bytes);

    /// <summary>The object that the grain keeps.</summary>
    Task<byte[]> KeptAsync();

    Task<FrozenRows> FrozenAsync();

    ValueTask<(int Count, ImmutableArray<int> Values)> SumAsync(Dictionary<string, HashSet<int>> sets, int? extra, ReadOnlyMemory<byte> more);

    Task<object> UnmarkedAsync();

    Task<long> KeyAsync();
}
