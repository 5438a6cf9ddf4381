namespace Orleans.Calls;

/// <summary>How a grain method hands over its result: <see cref="Task"/>, <see cref="Task{T}"/>, <see cref="ValueTask"/>, <see cref="ValueTask{T}"/>, or nothing when it is one-way.</summary>
internal abstract class ReturnShape
{
    /// <summary>What the caller gets for an answer that is still to come.</summary>
    public abstract object? Wrap(Task<object?> answer);

    /// <summary>Awaits what the grain's method returned.</summary>
    public abstract Task<object?> UnwrapAsync(object? returned);

    /// <summary>The shape of a return type.</summary>
    /// <exception cref="NotSupportedException">It is none of the above.</exception>
    public static ReturnShape Of(Type type)
    {
        if (type == typeof(Task))
            return new Plain();
        if (type == typeof(ValueTask))
            return new PlainValue();
        if (type == typeof(void))
            return new Nothing();
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>))
            return (ReturnShape)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(type.GetGenericArguments()))!;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>))
            return (ReturnShape)Activator.CreateInstance(typeof(TypedValue<>).MakeGenericType(type.GetGenericArguments()))!;
        throw new NotSupportedException($"A grain method returns {type}. It must return Task, Task<T>, ValueTask or ValueTask<T>.");
    }

    private static async Task<T> AsAsync<T>(Task<object?> answer) => (T)(await answer.ConfigureAwait(false))!;

    private sealed class Plain : ReturnShape
    {
        public override object Wrap(Task<object?> answer) => answer;

        public override async Task<object?> UnwrapAsync(object? returned)
        {
            await (Task)returned!;
            return null;
        }
    }

    private sealed class PlainValue : ReturnShape
    {
        public override object Wrap(Task<object?> answer) => new ValueTask(answer);

        public override async Task<object?> UnwrapAsync(object? returned)
        {
            await (ValueTask)returned!;
            return null;
        }
    }

    private sealed class Nothing : ReturnShape
    {
        public override object? Wrap(Task<object?> answer) => null;

        public override Task<object?> UnwrapAsync(object? returned) => Task.FromResult<object?>(null);
    }

    private sealed class Typed<T> : ReturnShape
    {
        public override object Wrap(Task<object?> answer) => AsAsync<T>(answer);

        public override async Task<object?> UnwrapAsync(object? returned) => await (Task<T>)returned!;
    }

    private sealed class TypedValue<T> : ReturnShape
    {
        public override object Wrap(Task<object?> answer) => new ValueTask<T>(AsAsync<T>(answer));

        public override async Task<object?> UnwrapAsync(object? returned) => await (ValueTask<T>)returned!;
    }
}
