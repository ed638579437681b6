namespace Rtc.Store.Queue;

/// <summary>How far a step has come: frames done, and what it needs besides to go on.</summary>
public sealed record JobPosition(string Step, long Position, string? State = null);
