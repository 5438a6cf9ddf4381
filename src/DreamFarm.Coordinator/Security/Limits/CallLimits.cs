namespace DreamFarm.Coordinator;

/// <summary>How much callers may ask of a coordinator. Generous: nobody who means well meets them, and no script gone wild keeps others out.</summary>
public sealed record CallLimits
{
    /// <summary>Uploads under way at a time, of everybody.</summary>
    public int Uploads { get; init; } = 256;

    /// <summary>Uploads under way at a time, of one owner.</summary>
    public int UploadsPerOwner { get; init; } = 64;

    /// <summary>Jobs watched at a time, by everybody.</summary>
    public int Watches { get; init; } = 2000;

    /// <summary>Jobs watched at a time, by one owner.</summary>
    public int WatchesPerOwner { get; init; } = 200;

    /// <summary>Requests a second, of one owner; for a moment twice as many. Each worker counts for itself.</summary>
    public int RequestsPerSecond { get; init; } = 500;

    /// <summary>An upload that sends nothing for this many seconds is ended.</summary>
    public int UploadSilenceSeconds { get; init; } = 60;

    /// <summary>The longest message that is read, bytes.</summary>
    public int MessageBytes { get; init; } = 4 << 20;

    /// <summary>Connections at a time; one more is closed at once.</summary>
    public int Connections { get; init; } = 2000;

    /// <summary>Calls under way at a time on one connection; more wait.</summary>
    public int CallsPerConnection { get; init; } = 100;
}
