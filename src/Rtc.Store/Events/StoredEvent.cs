using Rtc.Store.Videos;

namespace Rtc.Store.Events;

/// <summary>Something that a rule waited for and that happened.</summary>
/// <param name="Id">Grows from each event to the next; 0 before it is written.</param>
/// <param name="Room">Where.</param>
/// <param name="RuleId">The rule's, which may be gone by now.</param>
/// <param name="RuleName">As it was called then.</param>
/// <param name="Kind">What the rule waits for.</param>
/// <param name="Class">Of the object that did it.</param>
/// <param name="HappenedAt">When the picture came in which it did.</param>
/// <param name="Data">The rest, JSON.</param>
/// <param name="HasThumbnail">There is a picture of it.</param>
/// <param name="VideoId">Its clip; only of a video that is there.</param>
public sealed record StoredEvent(
    long Id, string Room, string RuleId, string RuleName, string Kind, string? Class, DateTimeOffset HappenedAt, string Data,
    bool HasThumbnail = false, VideoId? VideoId = null);

/// <summary>Who is told of an event when it is written, beside whoever looks.</summary>
public sealed record EventTelling(string? Webhook = null, bool Mqtt = false);

/// <summary>What is looked for; null is all.</summary>
public sealed record EventSearch(
    string? Room = null, string? Class = null, string? Rule = null, DateTimeOffset? From = null, DateTimeOffset? To = null);
