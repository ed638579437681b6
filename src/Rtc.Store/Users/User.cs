namespace Rtc.Store.Users;

/// <summary>A row of users.</summary>
public sealed record User(UserId Id, string Email, DateTimeOffset CreatedAt)
{
    /// <summary>To whom requests belong that need no key.</summary>
    public const string Local = "local";
}
