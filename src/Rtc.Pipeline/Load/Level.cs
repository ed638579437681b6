namespace Rtc.Pipeline.Load;

/// <summary>How much is given up under load.</summary>
public enum Level
{
    /// <summary>Everything as configured.</summary>
    Optimal,

    /// <summary>Half as many detections and masks; the tracker fills in.</summary>
    Moderate,

    /// <summary>Besides that a smaller model input, and no masks.</summary>
    High,

    /// <summary>The tracker coasts; a detection now and then keeps it honest.</summary>
    Critical,
}
