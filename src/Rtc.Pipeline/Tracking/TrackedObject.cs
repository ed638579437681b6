using Rtc.Media;

namespace Rtc.Pipeline.Tracking;

/// <summary>A tracked object in one picture. The box is in fractions of the upright picture.</summary>
public readonly record struct TrackedObject(int TrackId, int ClassId, string Label, float Score, RectF Box, bool Predicted);
