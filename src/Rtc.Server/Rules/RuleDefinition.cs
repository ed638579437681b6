namespace Rtc.Server.Rules;

/// <summary>A rule as clients write it and as it is kept. What is missing has the value that <see cref="RuleReading"/> says.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="When">"zone_entered", "zone_left", "line_crossed", "dwell", "count", "class_appeared" or "class_gone".</param>
/// <param name="Enabled">It is awake.</param>
/// <param name="Zone">Name of a zone or line of the room.</param>
/// <param name="Points">Where that lies, in fractions of the picture.</param>
/// <param name="Direction">Of a crossing: "any", "forward" or "backward".</param>
/// <param name="Seconds">Of a dwell or of a class that is gone.</param>
/// <param name="Count">More than so many.</param>
/// <param name="Classes">Labels; none are all.</param>
/// <param name="Confidence">The least score.</param>
/// <param name="Schedule">When it is awake; null is always.</param>
/// <param name="CooldownSeconds">Silence after an event.</param>
/// <param name="Actions">What follows beside the event.</param>
public sealed record RuleDefinition(
    string? Name = null,
    string? When = null,
    bool? Enabled = null,
    string? Zone = null,
    IReadOnlyList<float[]>? Points = null,
    string? Direction = null,
    double? Seconds = null,
    int? Count = null,
    IReadOnlyList<string>? Classes = null,
    float? Confidence = null,
    ScheduleDefinition? Schedule = null,
    double? CooldownSeconds = null,
    ActionDefinition? Actions = null);

/// <summary>Days as "mon" to "sun", none being all; times as "08:00"; a name of the time zone data, "UTC" where it is missing.</summary>
public sealed record ScheduleDefinition(
    IReadOnlyList<string>? Days = null, string? From = null, string? To = null, string? TimeZone = null);

/// <summary>An address that is posted the event, whether MQTT is told, and what is recorded.</summary>
public sealed record ActionDefinition(string? Webhook = null, bool? Mqtt = null, ClipDefinition? Record = null);

/// <summary>Seconds before and after the event.</summary>
public sealed record ClipDefinition(double? Before = null, double? After = null);
