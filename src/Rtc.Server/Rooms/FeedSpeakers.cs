namespace Rtc.Server.Rooms;

/// <summary>
/// Members at nodes that relay a room who have asked for something of it, by node and by their ids. They outlive the copies that their node
/// takes, which are all made anew where the room turns private, but not the node. Belongs to the media loop and to its <see cref="Room"/>.
/// </summary>
internal sealed class FeedSpeakers
{
    private readonly Dictionary<string, (string Run, Dictionary<string, RoomMember> All)> _byNode = [];

    /// <summary>Those of a node that asks for a copy.</summary>
    /// <param name="node">The node.</param>
    /// <param name="offer">What it asks.</param>
    /// <param name="isFirst">It has no other copy: who has left since its last one could not be said.</param>
    public Dictionary<string, RoomMember> Of(string node, FeedOffer offer, bool isFirst)
    {
        if (!_byNode.TryGetValue(node, out (string Run, Dictionary<string, RoomMember> All) known) || known.Run != offer.Run)
        {
            _byNode[node] = known = (offer.Run, []);
        }

        foreach (string gone in isFirst ? known.All.Keys.Except(offer.Speakers).ToArray() : [])
        {
            known.All.Remove(gone);
        }

        return known.All;
    }
}
