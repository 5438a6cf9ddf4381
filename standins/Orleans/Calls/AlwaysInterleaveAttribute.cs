namespace Orleans.Concurrency;

/// <summary>On a grain interface's method: calls of it need not wait for the call that the grain is at, nor does that wait for them.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;
