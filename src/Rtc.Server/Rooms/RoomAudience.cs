using Rtc.Pipeline;
using Rtc.Pipeline.Settings;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>Kilobits a second between which the room's encoder is steered.</summary>
internal readonly record struct BitrateLimits(int Minimum, int Start, int Maximum);

/// <summary>
/// Sends a room's pictures to those who watch: one encode for all, the phone's own packets to those who asked for the
/// source. A viewer whose link is too thin for the whole stream gets fewer temporal layers. Belongs to the media loop.
/// </summary>
internal sealed class RoomAudience(
    MediaLoop loop, RoomMembers members, RoomPipeline pipeline, KeyFrameRequests keys, BitrateLimits limits, RtcMetrics metrics)
{
    private EncoderSteering _steering;
    private EncoderSteering _thinSteering;
    private EncoderTarget _target = new(limits.Start, 1);
    private EncoderTarget _thinTarget;
    private VideoFormats _thinFormats = VideoFormats.Vp8;
    private SourceRate _source;

    /// <summary>What the last camera's pictures came in; null before the first.</summary>
    public VideoCodec? CameraCodec { get; private set; }

    /// <summary>What the pipeline coded, to those who watch the view that it is of.</summary>
    public void Send(EncodedFrame frame, RoomView view) => Fan(frame, view, isCoded: true);

    /// <summary>The phone's own frame, not decoded, to those who watch the source; to nobody in privacy mode.</summary>
    public void Forward(EncodedFrame frame)
    {
        _source.Add(loop.Clock.Now, frame.Length, frame.TemporalLayer);
        if (pipeline.Settings.Mode == ViewMode.Privacy)
        {
            return;
        }

        RouteSource(frame.Codec);
        Fan(frame, RoomView.Source, isCoded: false);
    }

    /// <summary>What the owner of a relayed room sent, to those who are served from this copy.</summary>
    public void Relay(EncodedFrame frame, FeedLine line)
    {
        if (line.View == RoomView.Source && pipeline.Settings.Mode == ViewMode.Privacy)
        {
            return;
        }

        Instant now = loop.Clock.Now;
        for (int i = 0; i < members.All.Count; i++)
        {
            RoomMember member = members.All[i];
            if (member.Watches(line.View) && line.Serves(member) && member.Takes.HasFlag(frame.Codec.AsSet()))
            {
                Send(member, frame, now);
            }
        }
    }

    /// <summary>Another phone is on air, or the same one anew: its time is no later than that of the last.</summary>
    public void OnNewSource()
    {
        for (int i = 0; i < members.All.Count; i++)
        {
            members.All[i].Route.OnNewSource();
        }
    }

    /// <summary>Steers the encoders by the links of those who watch.</summary>
    public void Adapt()
    {
        double best = 0;
        double worst = double.MaxValue;
        for (int i = 0; i < members.All.Count; i++)
        {
            RoomMember member = members.All[i];
            if (member.Watches(RoomView.Annotated) && member.Estimate is { } estimate)
            {
                // A feed's own link is wide: the links are those behind it.
                double own = estimate.Kilobits;
                best = Math.Max(best, member.Feed?.Audience is { Best: > 0 and var widest } ? Math.Min(own, widest) : own);
                worst = Math.Min(worst, member.Feed?.Audience is { Worst: > 0 and var thinnest } ? Math.Min(own, thinnest) : own);
            }
        }

        EncoderTarget wanted = _steering.Choose(best, worst, _source.Kilobits * RoomPipeline.MaxRecodedShare, limits);
        if (wanted != _target)
        {
            _target = wanted;
            pipeline.SetBitrate(wanted.Kilobits, wanted.TemporalLayers);
        }

        AdaptThin();
    }

    /// <summary>The second encode, for viewers of the source: there while somebody needs it, as fast as the thinnest allows.</summary>
    private void AdaptThin()
    {
        double best = 0;
        double worst = double.MaxValue;
        var format = new CommonFormat();
        for (int i = 0; i < members.All.Count; i++)
        {
            RoomMember member = members.All[i];
            if (member.Watches(RoomView.Source) && member.Route.IsCoded)
            {
                double kilobits = member.Estimate?.Kilobits ?? limits.Start;
                best = Math.Max(best, kilobits);
                worst = Math.Min(worst, kilobits);
                format.Add(member);
            }
        }

        EncoderTarget wanted = best == 0 ? default : _thinSteering.Choose(best, worst, need: 0, limits);
        if (wanted != _thinTarget || format.Formats != _thinFormats)
        {
            _thinTarget = wanted;
            _thinFormats = format.Formats;
            pipeline.SetThin(wanted.Kilobits, wanted.TemporalLayers, _thinFormats);
        }
    }

    private void RouteSource(VideoCodec codec)
    {
        bool isOther = CameraCodec != codec;
        bool changed = false;
        CameraCodec = codec;
        for (int i = 0; i < members.All.Count; i++)
        {
            RoomMember member = members.All[i];
            changed |= isOther && member.TakeForAudience(codec);
            if (member.Watches(RoomView.Source) && UpdateRoute(member, codec))
            {
                changed = true;
                keys.OnRouteChanged(member.Route);
            }
        }

        if (changed)
        {
            AdaptThin();
        }
    }

    private bool UpdateRoute(RoomMember member, VideoCodec codec) =>
        !member.SendCodecs.Contains(codec) ? member.Route.LeaveSource()
        : member.Estimate is { } estimate && member.Route.Update(loop.Clock.Now, estimate.Kilobits, _source.Kilobits, _source.BaseKilobits);

    private void Fan(EncodedFrame frame, RoomView view, bool isCoded)
    {
        Instant now = loop.Clock.Now;
        for (int i = 0; i < members.All.Count; i++)
        {
            RoomMember member = members.All[i];
            if (member.Watches(view) && Takes(member, frame, view, isCoded))
            {
                Send(member, frame, now);
            }
        }
    }

    private void Send(RoomMember member, EncodedFrame frame, Instant now)
    {
        bool sent = loop.Call(
            member.Port!, (member.SendMid, frame), static (peer, now, video) => peer.SendVideo(now, video.SendMid!, video.frame));
        if (sent && member.AwaitsFirstPicture)
        {
            member.AwaitsFirstPicture = false;
            metrics.FirstPictureAfter((now - member.JoinedAt).TotalMilliseconds);
        }
    }

    private bool Takes(RoomMember member, EncodedFrame frame, RoomView view, bool isCoded)
    {
        if (view == RoomView.Annotated)
        {
            return CommonFormat.IsFor(member, frame.Codec, pipeline.OutputFormats);
        }

        return isCoded
            ? CommonFormat.IsFor(member, frame.Codec, _thinFormats) && TakesCoded(member, frame)
            : member.SendCodecs.Contains(frame.Codec) && member.Route.TakesSource(loop.Clock.Now, frame.IsKey, frame.RtpTimestamp);
    }

    private bool TakesCoded(RoomMember member, EncodedFrame frame)
    {
        bool takes = member.Route.TakesCoded(frame.IsKey, frame.RtpTimestamp);
        if (frame.IsKey && member.Route.AwaitsCodedKey)
        {
            // It was of a picture that this viewer has from the phone: the next one is not.
            pipeline.RequestThinKeyFrame();
        }

        return takes;
    }
}
