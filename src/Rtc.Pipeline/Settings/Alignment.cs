namespace Rtc.Pipeline.Settings;

/// <summary>Which results are drawn on a picture.</summary>
public enum Alignment
{
    /// <summary>The newest, carried forward by their motion to the picture on hand.</summary>
    Live,

    /// <summary>The picture's own: it waits for them, up to a limit.</summary>
    Exact,
}
