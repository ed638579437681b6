namespace Rtc.Store;

/// <summary>What a new row belongs to was deleted meanwhile, a job's video for one; nothing was written.</summary>
public sealed class RowGoneException(Exception inner) : Exception("What this belongs to was deleted meanwhile.", inner);
