using Rtc.Peer;
using Rtc.Pipeline;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// A room's pictures: those of the phone on air go to its pipeline and to who watches the source, those that the pipeline
/// coded to their viewers. Belongs to the media loop.
/// </summary>
internal sealed class RoomMedia
{
    private readonly MediaLoop _loop;
    private readonly RoomPipeline _pipeline;
    private readonly RoomMembers _members;
    private readonly RtcMetrics _metrics;
    private readonly RoomRecorder _recorder;
    private readonly KeyFrameRequests _keys;
    private readonly RoomAudience _audience;
    private readonly LossMeter _loss = new();
    private long _codedBytes;

    public RoomMedia(
        MediaLoop loop,
        RoomPipeline pipeline,
        RoomMembers members,
        RoomRecorder recorder,
        BitrateLimits bitrates,
        RtcMetrics metrics)
    {
        _loop = loop;
        _pipeline = pipeline;
        _members = members;
        _metrics = metrics;
        _recorder = recorder;
        _keys = new KeyFrameRequests(loop, pipeline);
        _audience = new RoomAudience(loop, members, pipeline, _keys, bitrates, metrics);
    }

    /// <summary>Where a relayed room has its pictures from.</summary>
    public RoomFeed? Feed
    {
        get => _keys.Feed;
        set => _keys.Feed = value;
    }

    /// <summary>What the last camera's pictures came in; null before the first.</summary>
    public VideoCodec? CameraCodec => _audience.CameraCodec;

    /// <summary>A frame as the owner of a relayed room sent it; it stays the caller's.</summary>
    public void OnRelayed(EncodedFrame frame, FeedLine line)
    {
        _audience.Relay(frame, line);
        if (frame.IsKey)
        {
            line.Keys.Served();
        }

        _keys.Ask();
    }

    /// <summary>Takes a frame of the member's over: on to the source's viewers and into the pipeline.</summary>
    public void OnFrame(RoomMember member, EncodedFrame frame)
    {
        using (frame)
        {
            if (member.Role != Role.Phone)
            {
                return;
            }

            member.PictureAt = _loop.Clock.Now;

            // One phone is on air until it goes; another one's pictures would be nonsense to the decoder, and begin with a key frame.
            if (_keys.OnAir is null && frame.IsKey)
            {
                _keys.OnAir = member;
                _audience.OnNewSource();
            }

            if (_keys.OnAir != member)
            {
                if (_keys.OnAir is null)
                {
                    _keys.AskForKeyFrame(member);
                }

                return;
            }

            _audience.Forward(frame);
            _recorder.OnSource(frame);
            if (frame.IsKey)
            {
                _keys.SourceServed();
            }

            _keys.Ask();
            _metrics.PictureReceived();
            frame.AddReference();
            _pipeline.TryPush(frame);
        }
    }

    /// <summary>
    /// What the pipeline coded, for the viewers of one view: the annotated one, or the source for links too thin for the
    /// phone's own stream.
    /// </summary>
    public void OnCoded(EncodedFrame frame, RoomView view)
    {
        if (view == RoomView.Annotated)
        {
            _codedBytes += frame.Length;
            _metrics.PictureRendered();
            _metrics.StageTook("encode", frame.Stats.Milliseconds);
            _recorder.OnAnnotated(frame, _loop.Clock.Now);
        }

        _audience.Send(frame, view);
        if (frame.IsKey)
        {
            _keys.CodedServed(view);
        }
    }

    /// <summary>The member cannot go on without a key frame of what it watches.</summary>
    public void WantKeyFrame(RoomMember member)
    {
        _keys.Want(member);
        _keys.Ask();
    }

    /// <summary>A recording of this view cannot go on without one.</summary>
    public void WantKeyFrame(RoomView view)
    {
        _keys.Want(view);
        _keys.Ask();
    }

    /// <summary>Whether it is this phone's pictures that the room shows.</summary>
    public bool IsOnAir(RoomMember member) => _keys.OnAir == member;

    /// <summary>
    /// Nothing that was sent or waits to be sent up to now reaches a viewer any more, not even one that asks for lost packets:
    /// all go on with the next key frame.
    /// </summary>
    public void ForgetSent()
    {
        foreach (RoomMember member in _members.All)
        {
            if (member is { Port: { } port, SendMid: { } mid })
            {
                _loop.Call(port, mid, static (peer, now, mid) =>
                {
                    peer.ForgetVideo(now, mid);
                    return true;
                });
            }
        }
    }

    public void AskPhoneForKeyFrame() => _keys.AskPhone();

    /// <summary>The member's media ended; another phone may come on air.</summary>
    public void Forget(RoomMember member)
    {
        if (_keys.OnAir == member)
        {
            _keys.OnAir = null;
        }
    }

    /// <summary>Steers the encoders by the viewers' links.</summary>
    public void Adapt() => _audience.Adapt();

    /// <summary>Kilobits that were coded for viewers since this was asked last.</summary>
    public double TakeKilobits()
    {
        double kilobits = _codedBytes * 8 / 1000.0;
        _codedBytes = 0;
        return kilobits;
    }

    /// <summary>The share of packets that the phone on air lost since this was asked last.</summary>
    public double TakeLoss() => _loss.Share(_keys.OnAir?.Port?.Peer.Stats);
}
