namespace Orleans.Concurrency;

/// <summary>On a grain interface's method: the caller does not wait, and does not learn of failure.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneWayAttribute : Attribute;
