namespace DreamFarm.Coordinator;

/// <summary>A decoder ended, or was ended, before it had answered.</summary>
/// <param name="end">Why.</param>
/// <param name="why">The same to go on with from "its decoder", such as <c>was ended by signal 9</c>.</param>
/// <param name="inner">What the system said, if it said something.</param>
internal sealed class DecoderEndedException(DecoderEnd end, string why, Exception? inner = null) : Exception(why, inner)
{
    public DecoderEnd End { get; } = end;
}
