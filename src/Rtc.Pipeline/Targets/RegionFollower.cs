using Rtc.Media;
using Rtc.Pipeline.Following;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Targets;

/// <summary>Runs the correlation filters of a room's targets on every picture. Owned by the render loop.</summary>
internal sealed class RegionFollower(SharedScene board)
{
    private readonly (int Id, CorrelationFilter Filter)?[] _followed = new (int, CorrelationFilter)?[TargetSlots.Count];

    public void Follow(Picture picture, long ticks)
    {
        var units = new RoomUnits(picture.Width, picture.Height);
        for (int slot = 0; slot < _followed.Length; slot++)
        {
            _followed[slot] = board.TakeSeed(slot) ?? _followed[slot];
            if (_followed[slot] is not { } followed)
            {
                continue;
            }

            bool seen = followed.Filter.Follow(picture, units);
            if (!board.RegionSeen(slot, followed.Id, followed.Filter.Box, ticks, seen))
            {
                _followed[slot] = null;
            }
        }
    }
}
