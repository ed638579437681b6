using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Rules;

/// <summary>What a rule waited for has happened.</summary>
/// <param name="Rule">Whose it is.</param>
/// <param name="At">The picture's time.</param>
/// <param name="Object">What did it, as it was last seen; of a count one of them, of a class that is gone the last.</param>
/// <param name="Count">How many are there; 0 where the rule does not count.</param>
/// <param name="Seconds">How long it has stayed, or how long it was there in all; 0 where the rule does not measure.</param>
/// <param name="Direction">Of a crossing.</param>
public sealed record RuleEvent(
    Rule Rule, DateTimeOffset At, TrackedObject Object, int Count = 0, double Seconds = 0, LineDirection Direction = LineDirection.Any);
