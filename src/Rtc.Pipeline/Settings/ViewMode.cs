namespace Rtc.Pipeline.Settings;

/// <summary>What is done to a returned picture.</summary>
public enum ViewMode
{
    /// <summary>Decoded and encoded again, nothing drawn.</summary>
    Plain,

    /// <summary>Boxes and labels.</summary>
    Annotate,

    /// <summary>All but the targets blurred.</summary>
    Focus,

    /// <summary>Both.</summary>
    FocusAnnotate,

    /// <summary>People and faces blurred, all else as it came.</summary>
    Privacy,

    /// <summary>Each place in the colour of the class that it belongs to.</summary>
    Segment,
}
