using Rtc.Media;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Frames;

/// <summary>
/// A frame whose classes are known and that waits to be drawn, or the reason why they are not. Made by the worker, disposed by
/// <see cref="FrameAnswers"/> when it is drawn; the picture goes back to its pool then.
/// </summary>
internal sealed class MappedFrame(PendingFrame frame, ClassMap map) : IDisposable
{
    public uint? Id { get; } = frame.Id;

    public double Timestamp { get; } = frame.Timestamp;

    /// <summary>By <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long ReceivedAt { get; } = frame.ReceivedAt;

    /// <summary>Lent by <see cref="FrameAnswers"/>, which takes it back.</summary>
    public ClassMap Map => map;

    /// <summary>Set where there is nothing to draw.</summary>
    public FrameError? Error { get; init; }

    /// <summary>Set where there is no error.</summary>
    public Picture? Picture { get; init; }

    /// <summary>As its client wanted it when the work on it began.</summary>
    public required FrameView View { get; init; }

    public required string Mode { get; init; }

    public required string Model { get; init; }

    public required IReadOnlyList<string> Labels { get; init; }

    public double DecodeMs { get; init; }

    /// <summary>For a processor and for the model.</summary>
    public double QueueMs { get; set; }

    public double InferenceMs { get; init; }

    /// <summary>Preparing the picture and choosing classes, which is ours and not the model's.</summary>
    public double ChooseMs { get; init; }

    /// <summary>When it was ready to be drawn, by <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long MappedAt { get; init; }

    public void Dispose() => Picture?.Dispose();
}
