using Rtc.Pipeline.Masks;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Scene;

/// <summary>The outline that the render loop may copy; lives under the board's lock.</summary>
internal sealed class MaskFront
{
    private const long EllipseVersion = 0;

    private readonly byte[] _alpha = new byte[PropagatedMask.Side * PropagatedMask.Side];
    private int _targetId;
    private long _version;
    private bool _isOutline;

    public void Put(PropagatedMask mask)
    {
        _targetId = mask.TargetId;
        mask.Alpha.CopyTo(_alpha);
        _isOutline = mask.IsOutline;
        _version++;
    }

    /// <summary>Gives the view its target's outline; an ellipse where none was cut out yet, so that a tap shows at once.</summary>
    public void CopyTo(TargetView view, in RoomUnits units)
    {
        if (view.Id == 0)
        {
            return;
        }

        view.HasOutline = view.Id == _targetId && _isOutline;
        long version = view.Id == _targetId ? _version : EllipseVersion;
        if (view.MaskVersion != version)
        {
            (version == EllipseVersion ? PropagatedMask.EllipseAlpha : _alpha.AsSpan()).CopyTo(view.Mask.Alpha);
            view.MaskVersion = version;
        }

        view.Mask.Region = units.ToPixels(PropagatedMask.Reach(view.Box));
    }
}
