namespace Rtc.Jobs;

/// <summary>How much of the machine live video leaves to jobs.</summary>
public enum JobPace
{
    /// <summary>Nothing live is in the way.</summary>
    Full,

    /// <summary>Live rooms do with less already: a job rests as long as it works.</summary>
    Half,

    /// <summary>Live rooms lack what a job would take.</summary>
    Paused,
}

/// <summary>Asked between two frames of a job, and before another is taken.</summary>
public interface IJobPace
{
    JobPace Current { get; }
}
