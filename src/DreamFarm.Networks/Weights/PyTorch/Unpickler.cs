using System.Buffers.Binary;
using System.Text;

namespace DreamFarm.Networks;

/// <summary>
/// Reads the pickle in a .pth: a machine with a stack and a memo that can build text, whole numbers, tuples,
/// dictionaries and tensors, and nothing else. Python's pickle can call anything; this one knows the few names in
/// <see cref="PickleGlobal"/> and refuses every other name and every other opcode by its name. Files from before the
/// zip archive, from Python 2 as well, need a few more opcodes and names; those are known only where they are asked for.
/// </summary>
internal sealed class Unpickler
{
    // A state dictionary takes about 30 opcodes a tensor; values cost memory, and every opcode makes at most one.
    private const int MaxOpcodes = 1 << 20;
    private const int LongestName = 256;

    // One tuple in the memo can become the shape of any number of tensors, each of which copies it.
    private const int MostSides = 8;

    private readonly string _file;
    private readonly byte[] _pickle;
    private readonly List<object> _stack = [];
    private readonly Stack<int> _marks = new();
    private readonly Dictionary<uint, object> _memo = [];
    private readonly bool _old;
    private int _position;

    private Unpickler(string file, byte[] pickle, int position, bool old)
    {
        _file = file;
        _pickle = pickle;
        _position = position;
        _old = old;
    }

    /// <summary>The value that the pickle leaves behind.</summary>
    /// <exception cref="WeightsException">It is damaged, or asks for anything but tensors.</exception>
    public static object Read(string file, byte[] pickle) => new Unpickler(file, pickle, 0, old: false).Run();

    /// <summary>The value of one pickle of several that stand one behind the other, as PyTorch wrote before version 1.6.</summary>
    /// <param name="position">Where it begins; then where it ended.</param>
    /// <exception cref="WeightsException">It is damaged, or asks for anything but tensors.</exception>
    public static object ReadOld(string file, byte[] pickles, ref int position)
    {
        var unpickler = new Unpickler(file, pickles, position, old: true);
        var value = unpickler.Run();
        position = unpickler._position;
        return value;
    }

    private object Run()
    {
        if (Take(1)[0] != (byte)PickleOpcode.Proto || Take(1)[0] is not 2 and var protocol)
            throw Refuse("does not start as a pickle of protocol 2, which torch.save writes by itself");
        for (var count = 0; count < MaxOpcodes; count++)
        {
            var opcode = Take(1)[0];
            if (opcode == (byte)PickleOpcode.Stop)
                return Pop();
            Step((PickleOpcode)opcode);
        }

        throw Refuse($"has more than {MaxOpcodes} opcodes");
    }

    private void Step(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark:
                _marks.Push(_stack.Count);
                break;
            case PickleOpcode.BinInt:
                _stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                break;
            case PickleOpcode.BinInt1:
                _stack.Add((long)Take(1)[0]);
                break;
            case PickleOpcode.BinInt2:
                _stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                break;
            case PickleOpcode.Long1:
                _stack.Add(TakeLong());
                break;
            case PickleOpcode.NewTrue:
                _stack.Add(true);
                break;
            case PickleOpcode.NewFalse:
                _stack.Add(false);
                break;
            case PickleOpcode.BinUnicode:
                _stack.Add(Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))));
                break;
            case PickleOpcode.EmptyTuple:
                _stack.Add(Array.Empty<object>());
                break;
            case PickleOpcode.Tuple1:
                _stack.Add(PopTuple(1));
                break;
            case PickleOpcode.Tuple2:
                _stack.Add(PopTuple(2));
                break;
            case PickleOpcode.Tuple3:
                _stack.Add(PopTuple(3));
                break;
            case PickleOpcode.Tuple:
                _stack.Add(PopToMark());
                break;
            case PickleOpcode.EmptyDict:
                _stack.Add(new PickleDictionary());
                break;
            case PickleOpcode.SetItem:
                SetItems(PopTuple(2));
                break;
            case PickleOpcode.SetItems:
                SetItems(PopToMark());
                break;
            case PickleOpcode.BinPut:
                _memo[Take(1)[0]] = Peek();
                break;
            case PickleOpcode.LongBinPut:
                _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Peek();
                break;
            case PickleOpcode.BinGet:
                _stack.Add(Recall(Take(1)[0]));
                break;
            case PickleOpcode.LongBinGet:
                _stack.Add(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
                break;
            case PickleOpcode.Global:
                _stack.Add(FindGlobal(TakeLine(), TakeLine()));
                break;
            case PickleOpcode.Reduce:
                Reduce();
                break;
            case PickleOpcode.Build:
                Build();
                break;
            case PickleOpcode.BinPersId:
                _stack.Add(FindStorage(Pop()));
                break;
            case PickleOpcode.None when _old:
                _stack.Add(PickleNone.Value);
                break;
            case PickleOpcode.EmptyList when _old:
                _stack.Add(new PickleList());
                break;
            case PickleOpcode.Append when _old:
                Append(PopTuple(1));
                break;
            case PickleOpcode.Appends when _old:
                Append(PopToMark());
                break;
            case PickleOpcode.ShortBinString when _old:
                _stack.Add(Encoding.UTF8.GetString(Take(Take(1)[0])));
                break;
            case PickleOpcode.BinString when _old:
                _stack.Add(Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))));
                break;
            default:
                throw Refuse($"uses the opcode {PickleOpcodeNames.Of((byte)opcode)}, which weights saved by torch.save(model.state_dict(), ...) do not need");
        }
    }

    private object FindGlobal(string module, string name) => (module, name) switch
    {
        ("collections", "OrderedDict") => PickleGlobal.OrderedDictionary,
        ("torch._utils", "_rebuild_tensor_v2") => PickleGlobal.RebuildTensor,
        ("torch._utils", "_rebuild_tensor") when _old => PickleGlobal.RebuildOldTensor,
        ("torch.nn.parameter", "Parameter") when _old => PickleGlobal.OldParameter,
        ("torch._utils", "_rebuild_parameter") => PickleGlobal.RebuildParameter,
        ("torch", "HalfStorage") => PickleGlobal.Float16Storage,
        ("torch", "BFloat16Storage") => PickleGlobal.BFloat16Storage,
        ("torch", "FloatStorage") => PickleGlobal.Float32Storage,
        ("torch", "DoubleStorage") => PickleGlobal.Float64Storage,
        ("torch", "BoolStorage" or "ByteStorage" or "CharStorage") => PickleGlobal.Integer8Storage,
        ("torch", "ShortStorage") => PickleGlobal.Integer16Storage,
        ("torch", "IntStorage") => PickleGlobal.Integer32Storage,
        ("torch", "LongStorage") => PickleGlobal.Integer64Storage,
        _ => throw Refuse($"asks for {module}.{name}, which is no part of a tensor and is never called here"),
    };

    private void Reduce()
    {
        var arguments = Pop();
        var callable = Pop();
        _stack.Add((callable, arguments) switch
        {
            (PickleGlobal.OrderedDictionary, object[] and []) => new PickleDictionary(),
            (PickleGlobal.RebuildTensor, object[] and [PickleStorage storage, long offset, object[] shape, object[] strides, bool, PickleDictionary]) =>
                new PickleTensor(storage, offset, Numbers(shape), Numbers(strides)),
            (PickleGlobal.RebuildOldTensor, object[] and [PickleStorage storage, long offset, object[] shape, object[] strides]) =>
                new PickleTensor(storage, offset, Numbers(shape), Numbers(strides)),
            (PickleGlobal.OldParameter, object[] and [PickleTensor tensor]) => tensor,
            (PickleGlobal.OrderedDictionary, object[] and [PickleList pairs]) => TakePairs(pairs),
            (PickleGlobal.RebuildParameter, object[] and [PickleTensor tensor, bool, PickleDictionary]) => tensor,
            _ => throw Refuse("uses the opcode REDUCE with something else than a tensor's parts"),
        });
    }

    /// <summary>
    /// A state dictionary carries its modules' versions as an attribute, an old parameter whether it wants gradients, and its
    /// hooks; they say nothing about tensors and are dropped.
    /// </summary>
    private void Build()
    {
        if ((Pop(), Peek()) is not ((PickleDictionary, PickleDictionary) or (object[] and [bool, bool, PickleDictionary or PickleNone], PickleTensor)))
            throw Refuse("uses the opcode BUILD on something else than a state dictionary");
    }

    private PickleStorage FindStorage(object identity)
    {
        // ("storage", type, key, device, count): the device it was on is of no interest. The old layout has a sixth part,
        // which is None in what any version since 0.2 wrote.
        if (identity is not object[] parts || parts.Length != (_old ? 6 : 5) || (_old && parts[^1] is not PickleNone)
            || parts is not ["storage", PickleGlobal type, string key, string, long and >= 0 and var count, ..])
            throw Refuse("uses the opcode BINPERSID for something else than a storage");
        return new PickleStorage(
            type switch
            {
                PickleGlobal.Float16Storage => WeightElement.Float16,
                PickleGlobal.BFloat16Storage => WeightElement.BFloat16,
                PickleGlobal.Float32Storage => WeightElement.Float32,
                PickleGlobal.Float64Storage => WeightElement.Float64,
                PickleGlobal.Integer8Storage => WeightElement.Integer8,
                PickleGlobal.Integer16Storage => WeightElement.Integer16,
                PickleGlobal.Integer32Storage => WeightElement.Integer32,
                PickleGlobal.Integer64Storage => WeightElement.Integer64,
                _ => throw Refuse("uses the opcode BINPERSID for something else than a storage"),
            },
            key,
            count);
    }

    /// <summary>Python 2 makes an ordered dictionary out of a list of lists [name, value]; the list is emptied, for no list is used twice.</summary>
    private PickleDictionary TakePairs(PickleList pairs)
    {
        var dictionary = new PickleDictionary();
        foreach (var pair in pairs.Items)
        {
            if (pair is not PickleList { Items: [string key, var value] })
                throw Refuse("has a dictionary that is no list of names and values");
            dictionary.Items[key] = value;
        }

        pairs.Items.Clear();
        return dictionary;
    }

    private void Append(object[] items)
    {
        if (Peek() is not PickleList list)
            throw Refuse("appends to something else than a list");
        list.Items.AddRange(items);
    }

    private void SetItems(object[] items)
    {
        if (Peek() is not PickleDictionary dictionary || items.Length % 2 != 0)
            throw Refuse("sets items of something else than a dictionary");
        for (var i = 0; i < items.Length; i += 2)
        {
            if (items[i] is not string key)
                throw Refuse("has a dictionary whose keys are not names");
            dictionary.Items[key] = items[i + 1];
        }
    }

    private long[] Numbers(object[] tuple) => tuple.Length > MostSides
        ? throw Refuse($"has a tensor of {tuple.Length} sides; at most {MostSides} are accepted")
        : [.. tuple.Select(item => item is long number ? number : throw Refuse("has a tensor whose shape is not made of numbers"))];

    private object Recall(uint index) => _memo.TryGetValue(index, out var value) ? value : throw Damaged();

    // As in Python, an opcode cannot reach below the last mark.
    private int Floor => _marks.TryPeek(out var mark) ? mark : 0;

    private object Peek() => _stack.Count > Floor ? _stack[^1] : throw Damaged();

    private object Pop()
    {
        var value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object[] PopTuple(int count)
    {
        if (_stack.Count - Floor < count)
            throw Damaged();
        return PopFrom(_stack.Count - count);
    }

    private object[] PopToMark() => _marks.TryPop(out var mark) ? PopFrom(mark) : throw Damaged();

    private object[] PopFrom(int start)
    {
        object[] values = [.. _stack.Skip(start)];
        _stack.RemoveRange(start, _stack.Count - start);
        return values;
    }

    private ReadOnlySpan<byte> Take(uint count)
    {
        if (count > _pickle.Length - _position)
            throw Damaged();
        var taken = _pickle.AsSpan(_position, (int)count);
        _position += (int)count;
        return taken;
    }

    private long TakeLong()
    {
        var digits = Take(Take(1)[0]);
        if (digits.Length > sizeof(long))
            throw Refuse($"has a whole number of {digits.Length} bytes");
        long value = 0;
        for (var i = digits.Length - 1; i >= 0; i--)
            value = (value << 8) | (i == digits.Length - 1 ? (long)(sbyte)digits[i] : digits[i]);
        return value;
    }

    private string TakeLine()
    {
        var rest = _pickle.AsSpan(_position);
        var length = rest[..Math.Min(rest.Length, LongestName)].IndexOf((byte)'\n');
        if (length < 0 || rest[..length].ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            throw Damaged();
        _position += length + 1;
        return Encoding.ASCII.GetString(rest[..length]);
    }

    private WeightsException Refuse(string why) => new(_file, $"its pickle {why}.");

    private WeightsException Damaged() => new(_file, $"its pickle is damaged near byte {_position}.");
}
