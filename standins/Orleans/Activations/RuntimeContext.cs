namespace Orleans.Activations;

/// <summary>Whose code the current thread runs.</summary>
internal static class RuntimeContext
{
    /// <summary>The grain's activation; null outside grains, and in what a grain sent away with Task.Run.</summary>
    [field: ThreadStatic]
    public static Activation? Current { get; set; }
}
