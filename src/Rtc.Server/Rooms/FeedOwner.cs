using Rtc.Server.Network;
using Rtc.Signaling;

namespace Rtc.Server.Rooms;

/// <summary>
/// The node that has a relayed room, as far as is known here, and the way to ask it. Belongs to the media loop and to its
/// <see cref="RoomFeed"/>.
/// </summary>
internal sealed class FeedOwner(RoomName room, MediaLoop loop, IRoomOwners owners, string node)
{
    private Instant _asked;

    /// <summary>As far as is known.</summary>
    public string Node { get; private set; } = node;

    /// <summary>It is being asked who has the room.</summary>
    public bool IsSought { get; private set; }

    /// <summary>Ends once that is known.</summary>
    public Task Sought { get; private set; } = Task.CompletedTask;

    /// <summary>The owner's answer. Off the loop, which waits for nobody.</summary>
    public Task<string?> AskAsync<T>(string kind, T message)
    {
        string asked = Node;
        return Task.Run(() => owners.AskAsync(asked, room, kind, FeedMessages.Write(message)));
    }

    /// <summary>Whether it was asked within this time who has the room, and somebody knew.</summary>
    public bool WasSoughtWithin(TimeSpan time) => loop.Clock.Now - _asked <= time;

    /// <summary>
    /// The owner may be gone: asks who has the room, which may make it this node's own. What comes of it is told on the loop: whether it is
    /// another node now.
    /// </summary>
    public void Seek(Action<bool> found)
    {
        if (!IsSought)
        {
            IsSought = true;
            _asked = loop.Clock.Now;
            Sought = SeekAsync(found);
        }
    }

    private async Task SeekAsync(Action<bool> found)
    {
        string? owner = null;
        try
        {
            owner = await Task.Run(() => owners.FindAsync(room));
        }
        catch (LoopTimeoutException)
        {
            // The room was about to become this node's own; it is asked for again.
        }

        await loop.AskAsync(() =>
        {
            IsSought = false;
            bool isAnother = owner is not null && owner != Node;
            Node = owner ?? Node;

            // Where nobody can say, the next look asks again.
            _asked = owner is null ? default : _asked;
            found(isAnother);
            return true;
        }, evenLate: true);
    }
}
