namespace Rtc.Studio.Masks;

/// <summary>A click in the clip's pixels: what is there belongs to the object, or does not.</summary>
internal readonly record struct ClickPoint(float X, float Y, bool IsTaken);
