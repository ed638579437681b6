using System.Diagnostics.CodeAnalysis;
using Rtc.Server.Network;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// The copies that a node takes of another's room, by view and by connection, and the requests for key frames up each of them. Belongs to
/// the media loop and to its <see cref="RoomFeed"/>.
/// </summary>
internal sealed class FeedLines(MediaLoop loop)
{
    private readonly Dictionary<PeerSlot, FeedLine> _all = [];

    public FeedView[] Views { get; } = [new(RoomView.Annotated), new(RoomView.Source)];

    public IReadOnlyCollection<FeedLine> All => _all.Values;

    public FeedView Of(RoomView view) => view == RoomView.Source ? Views[1] : Views[0];

    public bool TryFind(PeerSlot port, [NotNullWhen(true)] out FeedLine? line) => _all.TryGetValue(port, out line);

    public FeedLine Add(FeedView view, bool isSecond, PeerSlot port)
    {
        var line = new FeedLine(view, isSecond, port, loop.Clock.Now);
        (view[isSecond], _all[port]) = (line, line);
        return line;
    }

    /// <summary>Its connection ends with it.</summary>
    public void Remove(FeedLine line)
    {
        line.Of[line.IsSecond] = null;
        _all.Remove(line.Port);
        loop.Remove(line.Port);
    }

    /// <summary>This member cannot go on without a key frame; the next <see cref="AskForKeyFrames"/> sees to it.</summary>
    public void WantKeyFrame(RoomMember member) => Of(member.View).LineOf(member)?.Keys.Want();

    /// <summary>Asks for what is wanted and due, of each copy once however many wait for it.</summary>
    public void AskForKeyFrames()
    {
        Instant now = loop.Clock.Now;
        foreach (FeedLine line in _all.Values)
        {
            if (line.Mid is { } mid && line.Keys.TryPass(now))
            {
                loop.Call(line.Port, mid, static (peer, now, mid) =>
                {
                    peer.RequestKeyFrame(now, mid);
                    return true;
                });
            }
        }
    }
}
