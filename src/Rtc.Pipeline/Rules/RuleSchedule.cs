namespace Rtc.Pipeline.Rules;

/// <summary>
/// When a rule is awake: on some days, from one time of the day to another, by the clocks of a time zone. A span whose end is not after
/// its start goes on over midnight and belongs to the day on which it began.
/// </summary>
public sealed record RuleSchedule(IReadOnlyList<DayOfWeek> Days, TimeOnly From, TimeOnly To, TimeZoneInfo Zone)
{
    public bool IsOpen(DateTimeOffset now)
    {
        DateTime local = TimeZoneInfo.ConvertTime(now, Zone).DateTime;
        var time = TimeOnly.FromDateTime(local);
        if (From < To)
        {
            return time >= From && time < To && IsOn(local.DayOfWeek);
        }

        return time >= From ? IsOn(local.DayOfWeek) : time < To && IsOn(local.AddDays(-1).DayOfWeek);
    }

    /// <summary>No days named are all of them.</summary>
    private bool IsOn(DayOfWeek day) => Days.Count == 0 || Days.Contains(day);
}
