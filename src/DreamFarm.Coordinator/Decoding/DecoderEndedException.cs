namespace DreamFarm.Coordinator;

/// <summary>A decoder ended, or was ended, before it had answered.</summary>
/// <param name="end">Why.</param>
/// <param name="why">The same to go on with from "its decoder", such as <c>was ended by signal 9</c>.</param>
internal sealed class DecoderEndedException(DecoderEnd end, string why) : Exception(why)
{
    public DecoderEnd End { get; } = end;
}
