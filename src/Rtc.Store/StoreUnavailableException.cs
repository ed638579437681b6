namespace Rtc.Store;

/// <summary>The database did not answer, or its disk is full; a moment later it may.</summary>
public sealed class StoreUnavailableException(Exception inner, bool isFull = false)
    : Exception((isFull ? "The database's disk is full: " : "The database does not answer: ") + inner.Message, inner)
{
    /// <summary>It answers, but can write nothing more.</summary>
    public bool IsFull => isFull;
}
