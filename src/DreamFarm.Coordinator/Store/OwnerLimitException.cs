namespace DreamFarm.Coordinator;

/// <summary>A job is more than its owner may have; the message is one sentence that names the limit.</summary>
internal sealed class OwnerLimitException(string sentence) : Exception(sentence);
