using System.Diagnostics.CodeAnalysis;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Remote;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Loops;

/// <summary>
/// What a member finds in the room's pictures, on its way into the room's results. It is taken on the caller's thread and heard by the
/// vision loop; what is of a picture that is still on its way waits for it.
/// </summary>
internal sealed class RemoteReports(
    RoomControls controls, VisionStage vision, RemoteLabels labels, TimeProvider time, Action<VisionResult> tell)
{
    /// <summary>Results that may wait for their pictures, and for how long.</summary>
    private const int MaxEarly = 8;
    private const double EarlyMs = 500;

    private readonly RemoteMailbox _mailbox = new();
    private readonly Queue<(RemoteDetections Seen, double UntilMs)> _early = [];
    private long _newestTicks = long.MinValue;

    /// <summary>One caller at a time.</summary>
    public RemoteVerdict Take(RemoteDetections seen)
    {
        if (controls.Settings.Mode == ViewMode.Privacy)
        {
            return RemoteVerdict.Private;
        }

        bool isHere = controls.Pictures.TryFind(seen.RtpTimestamp, out SizedPicture picture);
        if (!isHere && !controls.Pictures.IsAhead(seen.RtpTimestamp))
        {
            return RemoteVerdict.UnknownPicture;
        }

        if (isHere && picture.Info.Ticks <= _newestTicks)
        {
            return RemoteVerdict.Late;
        }

        if (!labels.TryAdd(seen.Objects))
        {
            return RemoteVerdict.TooManyLabels;
        }

        if (isHere)
        {
            _newestTicks = picture.Info.Ticks;
            controls.Remote.Accepted(time.Milliseconds());
        }

        _mailbox.Put(seen, isHere ? picture : null);
        return RemoteVerdict.Accepted;
    }

    /// <summary>Gives each that has its picture to the vision stage, and tells what comes of it.</summary>
    public void Hear()
    {
        double now = time.Milliseconds();
        while (_mailbox.TryTake(out RemoteDetections? seen, out SizedPicture? its))
        {
            if (its is { } picture)
            {
                Adopt(seen, picture);
            }
            else if (_early.Count < MaxEarly)
            {
                _early.Enqueue((seen, now + EarlyMs));
            }
        }

        for (int left = _early.Count; left > 0; left--)
        {
            (RemoteDetections seen, double untilMs) = _early.Dequeue();
            if (controls.Pictures.TryFind(seen.RtpTimestamp, out SizedPicture picture))
            {
                if (!vision.HasReported(picture.Info))
                {
                    controls.Remote.Accepted(now);
                }

                Adopt(seen, picture);
            }
            else if (now < untilMs)
            {
                _early.Enqueue((seen, untilMs));
            }
        }
    }

    private void Adopt(RemoteDetections seen, in SizedPicture picture)
    {
        if (vision.Adopt(seen, picture, controls.Settings) is { } adopted)
        {
            tell(adopted);
        }
    }
}
