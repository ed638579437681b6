using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rtc.Server.Metrics;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>Kilobits a second between which the room's encoder is steered.</summary>
internal readonly record struct BitrateLimits(int Minimum, int Start, int Maximum);

/// <summary>
/// Sends a room's pictures and messages to those who want them: one encode for all, the phone's own packets to
/// those who asked for the source. A viewer whose link is too thin for the whole stream gets fewer temporal layers.
/// </summary>
internal sealed class RoomAudience(Room room, BitrateLimits limits, RtcMetrics metrics)
{
    // What the pipeline spends at most on coding a phone's pictures again, of what they took.
    private const double RecodedShare = 1.3;

    private EncoderSteering _steering;
    private EncoderSteering _thinSteering;
    private EncoderTarget _target = new(limits.Start, 1);
    private EncoderTarget _thinTarget;
    private SourceRate _source;

    public void SendVideo(EncodedFrame frame) => Fan(frame, RoomView.Annotated, isCoded: true);

    /// <summary>The source as the server coded it, to those whose links the phone's own stream does not fit.</summary>
    public void SendThin(EncodedFrame frame) => Fan(frame, RoomView.Source, isCoded: true);

    /// <summary>The phone's own frame, not decoded, to those who watch the source.</summary>
    public void Forward(EncodedFrame frame)
    {
        _source.Add(room.Now, frame.Length, frame.TemporalLayer);
        RouteSource();
        Fan(frame, RoomView.Source, isCoded: false);
    }

    public void SendDetections(DetectionsMessage message, byte[] utf8)
    {
        for (int i = 0; i < room.Members.Count; i++)
        {
            RoomMember member = room.Members[i];
            // A page whose media broke gets no results over the hub: it has nothing to draw them on.
            if (member.VisionChannel is not null || member.LostAt is null)
            {
                Deliver(member, "detections", message, utf8);
            }
        }
    }

    /// <summary>Serialized once, however many there are.</summary>
    public void SendToAll<T>(string method, T message, JsonTypeInfo<T> type)
        where T : class
    {
        byte[] utf8 = JsonSerializer.SerializeToUtf8Bytes(message, type);
        for (int i = 0; i < room.Members.Count; i++)
        {
            RoomMember member = room.Members[i];
            Deliver(member, method, message, utf8);
        }
    }

    public void Send<T>(RoomMember member, string method, T message, JsonTypeInfo<T> type)
        where T : class => Deliver(member, method, message, JsonSerializer.SerializeToUtf8Bytes(message, type));

    /// <summary>Steers the encoders by the links of those who watch.</summary>
    public void Adapt()
    {
        double best = 0;
        double worst = double.MaxValue;
        foreach (RoomMember member in room.Members)
        {
            if (member.Watches(RoomView.Annotated) && member.Estimate is { } estimate)
            {
                best = Math.Max(best, estimate.Kilobits);
                worst = Math.Min(worst, estimate.Kilobits);
            }
        }

        EncoderTarget wanted = _steering.Choose(best, worst, _source.Kilobits * RecodedShare, limits);
        if (wanted != _target)
        {
            _target = wanted;
            room.Pipeline.SetBitrate(wanted.Kilobits, wanted.TemporalLayers);
        }

        AdaptThin();
    }

    /// <summary>The second encode, for viewers of the source: there while somebody needs it, as fast as the thinnest of them allows.</summary>
    private void AdaptThin()
    {
        double best = 0;
        double worst = double.MaxValue;
        bool vp8 = true;
        foreach (RoomMember member in room.Members)
        {
            if (member.Watches(RoomView.Source) && member.Route.IsCoded && member.Estimate is { } estimate)
            {
                best = Math.Max(best, estimate.Kilobits);
                worst = Math.Min(worst, estimate.Kilobits);
                vp8 &= member.SendCodecs.Contains(VideoCodec.Vp8);
            }
        }

        EncoderTarget wanted = best == 0 ? default : _thinSteering.Choose(best, worst, need: 0, limits);
        if (wanted != _thinTarget)
        {
            _thinTarget = wanted;
            room.Pipeline.SetThin(wanted.Kilobits, wanted.TemporalLayers, vp8 ? VideoCodec.Vp8 : VideoCodec.H264);
        }
    }

    private void RouteSource()
    {
        bool changed = false;
        foreach (RoomMember member in room.Members)
        {
            if (member.Watches(RoomView.Source) && member.Estimate is { } estimate
                && member.Route.Update(room.Now, estimate.Kilobits, _source.Kilobits, _source.BaseKilobits))
            {
                changed = true;
                room.OnRouteChanged(member.Route);
            }
        }

        if (changed)
        {
            AdaptThin();
        }
    }

    /// <summary>By the data channel where one is open, else by the hub.</summary>
    private void Deliver(RoomMember member, string method, object message, byte[] utf8)
    {
        if (member is { VisionChannel: { } channel, Port: { } port })
        {
            room.Call(port, (channel, utf8), static (peer, now, message) => peer.SendMessage(now, message.channel, message.utf8, isText: true));
        }
        else
        {
            member.Link?.Send(method, message);
        }
    }

    private void Fan(EncodedFrame frame, RoomView view, bool isCoded)
    {
        Instant now = room.Now;
        for (int i = 0; i < room.Members.Count; i++)
        {
            RoomMember member = room.Members[i];
            if (member.Watches(view) && Takes(member, frame, view, isCoded))
            {
                bool sent = room.Call(member.Port!, (member.SendMid, frame), static (peer, now, video) => peer.SendVideo(now, video.SendMid!, video.frame));
                if (sent && member.AwaitsFirstPicture)
                {
                    member.AwaitsFirstPicture = false;
                    metrics.FirstPictureAfter((now - member.JoinedAt).TotalMilliseconds);
                }
            }
        }
    }

    private bool Takes(RoomMember member, EncodedFrame frame, RoomView view, bool isCoded)
    {
        if (view == RoomView.Annotated)
        {
            return member.SendCodec == frame.Codec;
        }

        return member.SendCodecs.Contains(frame.Codec)
            && (isCoded ? TakesCoded(member, frame) : member.Route.TakesSource(room.Now, frame.IsKey, frame.RtpTimestamp));
    }

    private bool TakesCoded(RoomMember member, EncodedFrame frame)
    {
        bool takes = member.Route.TakesCoded(frame.IsKey, frame.RtpTimestamp);
        if (frame.IsKey && member.Route.AwaitsCodedKey)
        {
            // It was of a picture that this viewer has from the phone: the next one is not.
            room.Pipeline.RequestThinKeyFrame();
        }

        return takes;
    }
}
