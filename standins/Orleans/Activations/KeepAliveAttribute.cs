namespace Orleans;

/// <summary>On a grain class: its grains are not collected when idle.</summary>
[AttributeUsage(AttributeTargets.Class)]
public class KeepAliveAttribute : Attribute;
