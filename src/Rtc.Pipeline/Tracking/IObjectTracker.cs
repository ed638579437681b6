using Rtc.Inference;

namespace Rtc.Pipeline.Tracking;

/// <summary>Turns the detections of one picture after another into tracks.</summary>
internal interface IObjectTracker
{
    /// <summary>The objects in the last picture.</summary>
    IReadOnlyList<Track> Active { get; }

    /// <summary>Out of sight, and remembered.</summary>
    IReadOnlyList<Track> Lost { get; }

    /// <param name="detections">Of one picture.</param>
    /// <param name="looks">What each looks like, as vectors of length 1 one after another; empty where nobody says.</param>
    /// <param name="steps">Thirtieths of a second since the last picture.</param>
    IReadOnlyList<Track> Update(ReadOnlySpan<Detection> detections, ReadOnlySpan<float> looks, double steps);
}
