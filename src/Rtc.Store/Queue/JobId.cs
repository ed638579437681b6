namespace Rtc.Store.Queue;

/// <summary>A job of a user.</summary>
public readonly record struct JobId(Guid Value)
{
    public override string ToString() => Value.ToString();
}
