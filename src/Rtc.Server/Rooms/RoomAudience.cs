using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rtc.Media.Codecs;
using Rtc.Peer;
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
    // Of two temporal layers libvpx gives the base 60% of the bits.
    private const double BaseShare = 0.6;
    private const double Headroom = 0.9;

    private readonly EncodedFramePool _pool = EncodedFramePool.Shared;
    private int _kilobits = limits.Start;

    public void SendVideo(CodedPicture picture)
    {
        VideoCodec codec = picture.Format == VideoFormat.H264 ? VideoCodec.H264 : VideoCodec.Vp8;
        using EncodedFrame frame = _pool.Rent();
        frame.Codec = codec;
        frame.RtpTimestamp = picture.RtpTimestamp;
        frame.IsKey = picture.IsKey;
        frame.TemporalLayer = picture.TemporalLayer;
        frame.LayerSync = picture.LayerSync;
        frame.Arrival = room.Now;
        frame.CaptureNtp = picture.CaptureMs is { } capture ? Network.MediaClock.ToNtp(capture) : 0;
        frame.Append(picture.Data);
        Fan(frame, RoomView.Annotated);
    }

    /// <summary>The phone's own frame, not decoded, to those who watch the source.</summary>
    public void Forward(EncodedFrame frame) => Fan(frame, RoomView.Source);

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

    /// <summary>
    /// Steers the one encoder: as fast as the best link carries, yet never so fast that the slowest link could not
    /// carry the base layer. Which layers a viewer in between is sent, its own peer decides by its own estimate.
    /// </summary>
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

        int wanted = best == 0 ? limits.Start : (int)Math.Min(best * Headroom, worst * Headroom / BaseShare);
        wanted = Math.Clamp(wanted, limits.Minimum, limits.Maximum);
        if (wanted != _kilobits)
        {
            _kilobits = wanted;
            room.Pipeline.SetBitrate(wanted);
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

    private void Fan(EncodedFrame frame, RoomView view)
    {
        Instant now = room.Now;
        for (int i = 0; i < room.Members.Count; i++)
        {
            RoomMember member = room.Members[i];
            if (member.Watches(view) && (view == RoomView.Source ? member.SendCodecs.Contains(frame.Codec) : member.SendCodec == frame.Codec))
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
}
