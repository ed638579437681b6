using Rtc.Inference;

namespace Rtc.Pipeline.Tracking;

/// <summary>What a tracker is shown of one picture: detections, and where somebody says so what each looks like.</summary>
internal readonly ref struct Seen(ReadOnlySpan<Detection> detections, ReadOnlySpan<float> looks)
{
    private readonly int _length = detections.IsEmpty ? 0 : looks.Length / detections.Length;

    public ReadOnlySpan<Detection> Detections { get; } = detections;

    /// <summary>Vectors of length 1, one after another.</summary>
    public ReadOnlySpan<float> Looks { get; } = looks;

    public ReadOnlySpan<float> LookOf(int detection) => Looks.Slice(detection * _length, _length);
}
