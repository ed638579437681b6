using Rtc.Media;

namespace Rtc.Inference;

/// <summary>One object in one picture; <see cref="Box"/> is in the picture's pixels.</summary>
public readonly record struct Detection(int ClassId, float Score, RectF Box);
