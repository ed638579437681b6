using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Rules;

/// <summary>What is to happen in a room before anybody is told of it. Immutable; a rule that changes is another with the same id.</summary>
public sealed record Rule
{
    public const double MaxSeconds = 24 * 3600;
    public const int MaxCount = 1000;
    public const int MaxClasses = 32;

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required RuleKind Kind { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>The zone or line by its name; null for the whole picture.</summary>
    public string? Zone { get; init; }

    /// <summary>Where that lies as long as the room has none of this name: a rule outlives the room's settings.</summary>
    public IReadOnlyList<PlaceF> Points { get; init; } = [];

    public LineDirection Direction { get; init; }

    /// <summary>Of a dwell: how long an object stays; of a class that is gone: for how long there is none.</summary>
    public double Seconds { get; init; } = 5;

    /// <summary>Of a count: more than so many.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Labels; none named are all of them.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    public float Confidence { get; init; }

    /// <summary>Null: always.</summary>
    public RuleSchedule? Schedule { get; init; }

    /// <summary>After an event the rule is silent for so long.</summary>
    public double CooldownSeconds { get; init; } = 10;

    /// <summary>Null where all values are in range, else the reason why it is refused.</summary>
    public string? Problem()
    {
        if (!(Seconds is >= 0.5 and <= MaxSeconds))
        {
            return $"seconds must be from 0.5 to {MaxSeconds}";
        }

        if (Count is < 0 or > MaxCount)
        {
            return $"count must be from 0 to {MaxCount}";
        }

        if (!(Confidence is >= 0 and <= 1))
        {
            return "confidence must be from 0 to 1";
        }

        if (!(CooldownSeconds is >= 0 and <= MaxSeconds))
        {
            return $"cooldown_seconds must be from 0 to {MaxSeconds}";
        }

        if (Classes.Count > MaxClasses)
        {
            return $"at most {MaxClasses} classes";
        }

        int corners = Points.Count;
        bool fits = Kind switch
        {
            RuleKind.LineCrossed => corners == 2 && Points[0] != Points[1],
            RuleKind.ZoneEntered or RuleKind.ZoneLeft => corners is >= 3 and <= RoomSettings.MaxCorners,
            _ => Zone is null || corners is >= 3 and <= RoomSettings.MaxCorners,
        };
        if (!fits || (Zone is null && corners > 0))
        {
            return Kind == RuleKind.LineCrossed
                ? "zone must name a line of the room, or points be its two ends"
                : $"zone must name a zone of the room, or points be its 3 to {RoomSettings.MaxCorners} corners";
        }

        return Points.All(point => point.X is >= 0 and <= 1 && point.Y is >= 0 and <= 1)
            ? null
            : "points lie inside the picture, from 0 to 1";
    }
}
