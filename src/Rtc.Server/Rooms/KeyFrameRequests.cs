using Rtc.Peer;
using Rtc.Pipeline;
using Rtc.Server.Network;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// Whom a room asks for key frames, and when: the phone for the source, the pipeline for what it codes, each through a
/// gate of its own. Belongs to the media loop.
/// </summary>
internal sealed class KeyFrameRequests(MediaLoop loop, RoomPipeline pipeline)
{
    private KeyFrameGate _source = new();
    private KeyFrameGate _annotated = new();
    private KeyFrameGate _thin = new();

    /// <summary>Whom a relayed room asks, for each copy once however many wait for it.</summary>
    public RoomFeed? Feed { get; set; }

    /// <summary>The phone whose pictures are the room's; null while there is none.</summary>
    public RoomMember? OnAir { get; set; }

    /// <summary>This member needs a key frame of what it is sent; the next <see cref="Ask"/> sees to it.</summary>
    public void Want(RoomMember member)
    {
        if (Feed is { } feed)
        {
            feed.Lines.WantKeyFrame(member);
        }
        else if (member.View == RoomView.Source && member.Role == Role.Viewer)
        {
            (member.Route.IsCoded ? ref _thin : ref _source).Want();
        }
        else
        {
            _annotated.Want();
        }
    }

    /// <summary>A recording needs a key frame of what the phone sends, or of what viewers are shown.</summary>
    public void Want(RoomView view) => (view == RoomView.Source ? ref _source : ref _annotated).Want();

    /// <summary>A viewer of the source goes over to the server's pictures or back: either way it begins with a key frame.</summary>
    public void OnRouteChanged(in SourceRoute route)
    {
        if (route.AwaitsSource)
        {
            _source.Want();
        }
        else if (route.AwaitsCodedKey)
        {
            pipeline.RequestThinKeyFrame();
        }
    }

    public void SourceServed() => _source.Served();

    public void CodedServed(RoomView view) => (view == RoomView.Source ? ref _thin : ref _annotated).Served();

    /// <summary>Asks for what is wanted and due.</summary>
    public void Ask()
    {
        if (Feed is { } feed)
        {
            feed.Lines.AskForKeyFrames();
            return;
        }

        Instant now = loop.Clock.Now;
        if (_thin.TryPass(now))
        {
            pipeline.RequestThinKeyFrame();
        }

        if (_source.TryPass(now))
        {
            AskPhone();
        }

        if (_annotated.TryPass(now))
        {
            pipeline.RequestKeyFrame();
        }
    }

    public void AskPhone()
    {
        if (OnAir is { } phone)
        {
            AskForKeyFrame(phone);
        }
    }

    public void AskForKeyFrame(RoomMember phone)
    {
        if (phone is { Port: { } port, ReceiveMid: { } mid })
        {
            loop.Call(port, mid, static (peer, now, mid) =>
            {
                peer.RequestKeyFrame(now, mid);
                return true;
            });
        }
    }
}
