namespace Rtc.Pipeline.Rules;

/// <summary>What a rule waits for.</summary>
public enum RuleKind : byte
{
    /// <summary>An object came into a zone.</summary>
    ZoneEntered,

    /// <summary>An object left a zone, or was last seen in it.</summary>
    ZoneLeft,

    /// <summary>An object crossed a line.</summary>
    LineCrossed,

    /// <summary>An object has stayed for so many seconds.</summary>
    Dwell,

    /// <summary>More objects than so many are there at once.</summary>
    Count,

    /// <summary>There is an object where there was none.</summary>
    ClassAppeared,

    /// <summary>There is none any more.</summary>
    ClassGone,
}

/// <summary>Which crossings of a line count; forward is from left to right when looking from its first end to its second.</summary>
public enum LineDirection : byte
{
    Any,
    Forward,
    Backward,
}
