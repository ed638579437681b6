namespace Rtc.Store;

/// <summary>The database did not answer, and may a moment later.</summary>
public sealed class StoreUnavailableException(Exception inner)
    : Exception("The database does not answer: " + inner.Message, inner);
