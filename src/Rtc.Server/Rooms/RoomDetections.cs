using Rtc.Media;
using Rtc.Peer;
using Rtc.Pipeline.Remote;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// Detections that members make themselves: from one of them at a time, who may operate the room; a phone only while its own pictures
/// are the room's. Belongs to the media loop.
/// </summary>
internal sealed class RoomDetections(Room room, MediaLoop loop, RtcMetrics metrics)
{
    /// <summary>A member that is silent for longer than this has stopped, and another may detect.</summary>
    private static readonly TimeSpan s_maxSilence = TimeSpan.FromSeconds(2);

    /// <summary>Results come many times a second: one that is refused again and again is told so once in this time.</summary>
    private static readonly TimeSpan s_noticeSpacing = TimeSpan.FromSeconds(5);

    private static readonly Refusal s_unknownPicture = new(
        "unknown_picture", "\"rtp_timestamp\" is of no picture that this room got within the last two seconds.");

    private static readonly Refusal s_notOnAir = new("not_on_air", "Only the camera on air detects on its own pictures.", 409);

    private static readonly Refusal s_tooManyClasses = new(
        "bad_value", "The room has heard of too many different classes (at most 256).");

    private RoomMember? _detecting;
    private Instant _heard;
    private RoomMember? _last;
    private int _finder;

    /// <summary>As <see cref="Report"/>, for a channel on which each refusal would be a message: the same one only now and then.</summary>
    public Refusal? Hear(RoomMember member, ReportedDetections report)
    {
        if (Report(member, report) is not { } refusal)
        {
            return null;
        }

        if (member.RefusedDetections is { } last && last.Code == refusal.Code && loop.Clock.Now - last.At < s_noticeSpacing)
        {
            return null;
        }

        member.RefusedDetections = (refusal.Code, loop.Clock.Now);
        return refusal;
    }

    public Refusal? Report(RoomMember member, ReportedDetections report)
    {
        if (room.Feed is { } feed)
        {
            return room.Members.RefuseWatcher(member) is { } forbidden ? forbidden : Pass(feed, member, report);
        }

        if (Refuse(member) is { } refusal)
        {
            metrics.Refused("detections");
            return refusal;
        }

        _finder += _last == member ? 0 : 1;
        _last = member;
        switch (room.Pipeline.Report(From(report, _finder)))
        {
            case RemoteVerdict.Accepted:
                _detecting = member;
                _heard = loop.Clock.Now;
                return null;
            case RemoteVerdict.Private:
                return Refusal.PrivacyIsServers;
            case RemoteVerdict.UnknownPicture:
                return s_unknownPicture;
            case RemoteVerdict.TooManyLabels:
                return s_tooManyClasses;
            default:
                return null;
        }
    }

    /// <summary>The member stops: the room's own detector goes on at once.</summary>
    public Refusal? HandOver(RoomMember member)
    {
        room.Feed?.Commands.Pass(member, command => command with { HandOver = true });
        Forget(member);
        return null;
    }

    /// <summary>The member's media ended.</summary>
    public void Forget(RoomMember member)
    {
        if (_detecting == member)
        {
            _detecting = null;
            room.Pipeline.EndRemote();
        }
    }

    private static Refusal? Pass(RoomFeed feed, RoomMember member, ReportedDetections report)
    {
        feed.Commands.Pass(member, command => command with { Report = report });
        return null;
    }

    private Refusal? Refuse(RoomMember member)
    {
        if (room.Members.RefuseWatcher(member) is { } forbidden)
        {
            return forbidden;
        }

        if (room.IsPrivate)
        {
            return Refusal.PrivacyIsServers;
        }

        if (member.Role == Role.Phone && !room.Media.IsOnAir(member))
        {
            return s_notOnAir;
        }

        return _detecting is { } other && other != member && loop.Clock.Now - _heard < s_maxSilence ? Refusal.DetectorTaken : null;
    }

    private static RemoteDetections From(ReportedDetections report, int finder)
    {
        var objects = new RemoteObject[report.Detections.Count];
        for (int i = 0; i < objects.Length; i++)
        {
            DetectionMessage seen = report.Detections[i];
            objects[i] = new(
                seen.TrackId, seen.Label, seen.Score, new RectF(seen.Xmin, seen.Ymin, seen.Xmax, seen.Ymax), seen.Predicted);
        }

        return new RemoteDetections
        {
            RtpTimestamp = report.RtpTimestamp,
            Finder = finder,
            Model = report.Model,
            Provider = report.Provider,
            Objects = objects,
            Mask = report.Mask is { TrackId: { } id } mask ? new(id, mask.Width, mask.Height, mask.Rle) : null,
            QueueTime = report.Timings.Queue,
            DetectTime = report.Timings.Detect,
            TrackTime = report.Timings.Track,
            MaskTime = report.Timings.Mask,
        };
    }
}
