namespace Rtc.Store.Users;

/// <summary>A row of api_keys with its user's email. The key itself is nowhere: only its hash is kept.</summary>
public sealed record ApiKey(
    Guid Id, UserId UserId, string Email, string Prefix, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt,
    DateTimeOffset? RevokedAt);
