using System.Collections.Immutable;
using Orleans.Concurrency;

namespace StandIns.Orleans.Tests.Messages;

public sealed class MessagesGrain(Journal journal) : Grain, IMessagesGrain
{
    private readonly FrozenRows _frozen = new([1, 2, 3]);
    private byte[] _kept = [];

    public Task<object> EchoAsync(object value)
    {
        journal.Seen = value;
        return Task.FromResult(value);
    }

    public Task KeepAsync(byte[] bytes)
    {
        journal.Seen = _kept = bytes;
        return Task.CompletedTask;
    }

    public Task KeepImmutableAsync(byte[] bytes) => KeepAsync(bytes);

    public Task KeepWrappedAsync(Immutable<byte[]> bytes) => KeepAsync(bytes.Value);

    public Task<byte[]> KeptAsync() => Task.FromResult(_kept);

    public Task<FrozenRows> FrozenAsync()
    {
        journal.Seen = _frozen;
        return Task.FromResult(_frozen);
    }

    public ValueTask<(int Count, ImmutableArray<int> Values)> SumAsync(Dictionary<string, HashSet<int>> sets, int? extra, ReadOnlyMemory<byte> more)
    {
        ImmutableArray<int> all = [.. sets.Values.SelectMany(s => s).Append(extra ?? 0).Concat(more.ToArray().Select(b => (int)b)).Order()];
        return ValueTask.FromResult((all.Length, all));
    }

    public Task<object> UnmarkedAsync() => Task.FromResult<object>(new Unmarked());

    public Task<long> KeyAsync() => Task.FromResult(this.GetPrimaryKeyLong());
}
