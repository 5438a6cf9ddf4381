using Orleans.Calls;
using Orleans.Runtime;

namespace Orleans.References;

internal sealed class GrainFactory(IServiceProvider services, CallSender sender, GrainClasses classes) : IClusterClient
{
    public IServiceProvider ServiceProvider => services;

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithIntegerKey =>
        Refer<TGrainInterface>(GrainId.KeyOf(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithStringKey
    {
        if (string.IsNullOrWhiteSpace(primaryKey))
            throw new ArgumentException("A grain's string key must not be empty.", nameof(primaryKey));
        return Refer<TGrainInterface>(primaryKey, grainClassNamePrefix);
    }

    private TGrainInterface Refer<TGrainInterface>(string key, string? classNamePrefix) =>
        (TGrainInterface)GrainReference.Create(typeof(TGrainInterface), new GrainId(classes.Implementing(typeof(TGrainInterface), classNamePrefix), key), sender);
}
