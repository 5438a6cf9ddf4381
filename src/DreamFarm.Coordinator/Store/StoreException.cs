namespace DreamFarm.Coordinator;

/// <summary>The store cannot be used; the message is one sentence, without any password.</summary>
public sealed class StoreException : Exception
{
    internal StoreException(string sentence, StoreTrouble trouble, Exception? inner = null) : base(sentence, inner) => Trouble = trouble;

    internal StoreTrouble Trouble { get; }

    /// <summary>Whether what was to be written may be there nevertheless: the connection broke while it was committed.</summary>
    internal bool MayBeWritten { get; init; }
}
