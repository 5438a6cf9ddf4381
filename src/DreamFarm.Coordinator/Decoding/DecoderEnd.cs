namespace DreamFarm.Coordinator;

/// <summary>Why a decoder has not answered.</summary>
internal enum DecoderEnd
{
    /// <summary>It never came to life.</summary>
    DidNotStart,

    /// <summary>It was killed since it took too long.</summary>
    OutOfTime,

    /// <summary>It could not go on without more memory.</summary>
    OutOfMemory,

    /// <summary>It ended by itself, was killed by somebody else, or lost its mind: another one may fare better.</summary>
    Lost,
}
