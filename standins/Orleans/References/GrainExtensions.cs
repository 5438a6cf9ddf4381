using Microsoft.Extensions.DependencyInjection;
using Orleans.Calls;
using Orleans.Runtime;

namespace Orleans;

/// <summary>What a grain, or a reference to one, knows of its identity.</summary>
public static class GrainExtensions
{
    /// <summary>The grain's identity.</summary>
    /// <exception cref="ArgumentException">The object is neither a grain nor a reference to one.</exception>
    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        IGrainBase activation => activation.GrainContext.GrainId,
        GrainReference reference => reference.GrainId,
        _ => throw new ArgumentException($"GetGrainId has been called on an unexpected type: {grain.GetType()}. It must be a grain or a reference to one.", nameof(grain)),
    };

    /// <summary>The key of a grain with a string key.</summary>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().KeyText;

    /// <summary>The key of a grain with an integer key.</summary>
    /// <exception cref="InvalidOperationException">The key is no number.</exception>
    public static long GetPrimaryKeyLong(this IAddressable grain) => grain.GetGrainId().KeyNumber;

    /// <summary>A reference of a given interface to the grain; a grain passes this, never itself, to others.</summary>
    /// <typeparam name="TGrainInterface">An interface that the grain implements.</typeparam>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain) => grain switch
    {
        GrainReference reference => (TGrainInterface)reference.As(typeof(TGrainInterface)),
        IGrainBase activation => (TGrainInterface)GrainReference.Create(
            typeof(TGrainInterface),
            activation.GrainContext.GrainId,
            activation.GrainContext.ActivationServices.GetRequiredService<CallSender>()),
        _ => throw new ArgumentException($"AsReference has been called on an unexpected type: {grain.GetType()}. It must be a grain or a reference to one.", nameof(grain)),
    };
}
