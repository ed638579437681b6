using Rtc.Media;
using Rtc.Pipeline.Masks;

namespace Rtc.Pipeline.Scene;

/// <summary>A target as the render loop sees it.</summary>
internal sealed class TargetView
{
    /// <summary>0 where the slot is empty.</summary>
    public int Id { get; set; }

    /// <summary>Its box on the picture on hand, in room units.</summary>
    public RectF Box { get; set; }

    /// <summary>Its outline, laid over <see cref="Box"/> in the picture's pixels.</summary>
    public Mask Mask { get; } = new(PropagatedMask.Side, PropagatedMask.Side, default);

    /// <summary>Which outline <see cref="Mask"/> holds.</summary>
    public long MaskVersion { get; set; } = -1;

    /// <summary>False while <see cref="Mask"/> is an ellipse only.</summary>
    public bool HasOutline { get; set; }
}
