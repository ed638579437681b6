using Rtc.Store.Users;

namespace Rtc.Store.Rules;

/// <summary>A rule of a room as it is kept; its definition is JSON that the store does not read.</summary>
public sealed record RuleRow(string Room, string Id, UserId UserId, string Definition, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);
