using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Rtc.Jobs;
using Rtc.Pipeline.Rules;
using Rtc.Pipeline.Settings;
using Rtc.Signaling;

namespace Rtc.Server.Rules;

/// <summary>Reads a rule as clients write it. Nothing is taken half: a value that is wrong refuses the whole with the reason.</summary>
internal static class RuleReading
{
    private const int MaxName = 80;
    private const int MaxZone = 40;
    private const int MaxLabel = 64;
    private const int MaxDays = 7;
    private const double MaxBefore = 30;
    private const double MaxAfter = 120;
    private const double DefaultClip = 5;
    private const string TimeFormat = "HH:mm";

    private static readonly Dictionary<string, RuleKind> s_kinds = Enum.GetValues<RuleKind>().ToDictionary(NameOf);
    private static readonly string[] s_days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>"zone_entered".</summary>
    public static string NameOf(RuleKind kind) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    public static string NameOf(LineDirection direction) => direction.ToString().ToLowerInvariant();

    /// <summary>Null where it was read; else why it is refused.</summary>
    public static string? Read(string id, RuleDefinition given, out Rule? rule, out RuleActions? actions)
    {
        (rule, actions) = (null, null);
        string name = given.Name ?? id;
        if (TextError(id, name, given) is { } bad)
        {
            return bad;
        }

        if (given.When is not { } when || !s_kinds.TryGetValue(when, out RuleKind kind))
        {
            return $"when is one of {string.Join(", ", s_kinds.Keys)}";
        }

        if (!Enum.TryParse(given.Direction ?? "any", ignoreCase: true, out LineDirection direction) || !Enum.IsDefined(direction))
        {
            return "direction is any, forward or backward";
        }

        if (given.Points?.Any(point => point is not { Length: 2 }) == true)
        {
            return "a point is two numbers from 0 to 1";
        }

        if (Read(given.Schedule, out RuleSchedule? schedule) is { } wrong)
        {
            return wrong;
        }

        if (Read(given.Actions, out actions) is { } refused)
        {
            return refused;
        }

        rule = new Rule
        {
            Id = id,
            Name = name,
            Kind = kind,
            Enabled = given.Enabled ?? true,
            Zone = given.Zone,
            Points = [.. given.Points?.Select(point => new PlaceF(point[0], point[1])) ?? []],
            Direction = direction,
            Seconds = given.Seconds ?? 5,
            Count = given.Count ?? 1,
            Classes = given.Classes ?? [],
            Confidence = given.Confidence ?? 0,
            Schedule = schedule,
            CooldownSeconds = given.CooldownSeconds ?? 10,
        };
        return rule.Problem();
    }

    private static string? TextError(string id, string name, RuleDefinition given)
    {
        if (!RoomName.TryParse(id, out _))
        {
            return "a rule's id is 1 to 64 letters, digits, \"-\", \"_\" or \".\", and begins with no dot";
        }

        if (!IsText(name, MaxName))
        {
            return $"name has 1 to {MaxName} characters";
        }

        if (given.Zone is { } zone && !IsText(zone, MaxZone))
        {
            return $"zone has 1 to {MaxZone} characters";
        }

        return given.Classes?.All(label => IsText(label, MaxLabel)) == false ? $"a class has 1 to {MaxLabel} characters" : null;
    }

    private static bool IsText(string? text, int maxLength) => text?.Length > 0 && text.Length <= maxLength && !text.Any(char.IsControl);

    private static string? Read(ScheduleDefinition? given, out RuleSchedule? schedule)
    {
        schedule = null;
        if (given is null)
        {
            return null;
        }

        if (!TryTime(given.From ?? "00:00", out TimeOnly from) || !TryTime(given.To ?? "00:00", out TimeOnly to))
        {
            return "from and to of schedule are times like 08:00";
        }

        int[] days = [.. given.Days?.Select(day => Array.IndexOf(s_days, day)) ?? []];
        if (days.Length > MaxDays || days.Contains(-1))
        {
            return $"days of schedule are {string.Join(", ", s_days)}";
        }

        if (!TryZone(given.TimeZone ?? "UTC", out TimeZoneInfo? zone))
        {
            return "time_zone of schedule is a name like Europe/Berlin";
        }

        schedule = new RuleSchedule([.. days.Select(day => (DayOfWeek)day)], from, to, zone);
        return null;
    }

    private static bool TryTime(string text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    private static bool TryZone(string name, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = null;
        return name.Length <= MaxLabel && TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone);
    }

    private static string? Read(ActionDefinition? given, out RuleActions? actions)
    {
        actions = null;
        if (given?.Webhook is { } address && !WebhookOptions.IsAddress(address))
        {
            return "webhook is an http:// or https:// address";
        }

        ClipSpan? clip = null;
        if (given?.Record is { } record)
        {
            double before = record.Before ?? DefaultClip;
            double after = record.After ?? DefaultClip;
            if (!(before is >= 0 and <= MaxBefore) || !(after is >= 1 and <= MaxAfter))
            {
                return $"record has before from 0 to {MaxBefore} seconds and after from 1 to {MaxAfter}";
            }

            clip = new ClipSpan(TimeSpan.FromSeconds(before), TimeSpan.FromSeconds(after));
        }

        actions = new RuleActions(given?.Webhook, given?.Mqtt ?? false, clip);
        return null;
    }
}
