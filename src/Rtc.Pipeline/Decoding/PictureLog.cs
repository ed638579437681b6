namespace Rtc.Pipeline.Decoding;

/// <summary>A picture that was decoded, and its size.</summary>
internal readonly record struct SizedPicture(PictureInfo Info, int Width, int Height);

/// <summary>
/// Which pictures came lately, so that a result that was made elsewhere finds its own. The render loop adds, any thread asks.
/// </summary>
internal sealed class PictureLog
{
    private const int Kept = 128;
    private const long MaxAgeTicks = 2 * MediaTimeline.TicksPerSecond;

    /// <summary>A camera that knows its stamp only nearly is off by less: pictures are 33 ms apart.</summary>
    private const int MaxMissTicks = MediaTimeline.TicksPerSecond / 50;

    /// <summary>A result may be here before its picture: a camera detects while that is still on its way.</summary>
    private const int MaxAheadTicks = MediaTimeline.TicksPerSecond / 2;

    private readonly SizedPicture[] _pictures = new SizedPicture[Kept];
    private readonly Lock _gate = new();
    private long _count;

    public void Add(in SizedPicture picture)
    {
        lock (_gate)
        {
            _pictures[_count++ % Kept] = picture;
        }
    }

    /// <summary>Whether the picture of this stamp may still come.</summary>
    public bool IsAhead(uint timestamp)
    {
        lock (_gate)
        {
            return _count > 0
                && unchecked((int)(timestamp - _pictures[(_count - 1) % Kept].Info.RtpTimestamp)) is > MaxMissTicks and <= MaxAheadTicks;
        }
    }

    /// <summary>The picture of this stamp, else the nearest to it; false where there is none, or it is too old.</summary>
    public bool TryFind(uint timestamp, out SizedPicture found)
    {
        found = default;
        lock (_gate)
        {
            int least = MaxMissTicks + 1;
            long oldest = Math.Max(0, _count - Kept);
            for (long at = _count - 1; at >= oldest && least > 0; at--)
            {
                ref readonly SizedPicture picture = ref _pictures[at % Kept];
                if (_pictures[(_count - 1) % Kept].Info.Ticks - picture.Info.Ticks > MaxAgeTicks)
                {
                    break;
                }

                int miss = Math.Abs(Math.Max(unchecked((int)(picture.Info.RtpTimestamp - timestamp)), -int.MaxValue));
                if (miss < least)
                {
                    (least, found) = (miss, picture);
                }
            }

            return least <= MaxMissTicks;
        }
    }
}
