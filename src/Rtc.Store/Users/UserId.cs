namespace Rtc.Store.Users;

/// <summary>A user, in whose name videos and jobs are.</summary>
public readonly record struct UserId(Guid Value)
{
    public override string ToString() => Value.ToString();
}
