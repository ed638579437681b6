namespace Rtc.Server.Doctor;

internal enum Verdict : byte
{
    Good,

    /// <summary>Works, with less than there could be.</summary>
    Warning,
    Bad,
}

/// <summary>One line of the doctor's table.</summary>
internal sealed record Check(string Name, Verdict Verdict, string Detail);
