namespace Orleans;

/// <summary>A grain that is known by a number.</summary>
public interface IGrainWithIntegerKey : IGrain;
