namespace Orleans;

/// <summary>Makes references to grains. A grain always exists; its first call activates it.</summary>
public interface IGrainFactory
{
    /// <summary>A reference to the grain with a number for a key.</summary>
    /// <exception cref="ArgumentException">No class implements the interface, or several do.</exception>
    TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithIntegerKey;

    /// <summary>A reference to the grain with a string for a key.</summary>
    /// <exception cref="ArgumentException">No class implements the interface, or several do.</exception>
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithStringKey;
}
