namespace Rtc.Server.Rooms;

/// <summary>
/// Members at nodes that relay a room who have asked for something of it, by node and by their ids. They outlive the copies that their node
/// takes, which are all made anew where the room turns private. Belongs to the media loop and to its <see cref="Room"/>.
/// </summary>
internal sealed class FeedSpeakers
{
    private readonly Dictionary<string, Dictionary<string, RoomMember>> _byNode = [];

    /// <summary>Those of a node that takes its first copy.</summary>
    /// <param name="node">The node.</param>
    /// <param name="there">Who of them is there still.</param>
    public Dictionary<string, RoomMember> Of(string node, IReadOnlyCollection<string> there)
    {
        if (!_byNode.TryGetValue(node, out Dictionary<string, RoomMember>? speakers))
        {
            _byNode[node] = speakers = [];
        }

        foreach (string gone in speakers.Keys.Except(there).ToArray())
        {
            speakers.Remove(gone);
        }

        return speakers;
    }
}
