using Rtc.Pipeline.Settings;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>One view of a relayed room and the copies of it that are taken, two at most. Belongs to its <see cref="RoomFeed"/>.</summary>
internal sealed class FeedView(RoomView view)
{
    // What the first copy came in last; it outlives the connection, since the next one will most likely bring the same.
    private VideoFormats _comes;

    public RoomView View { get; } = view;

    public FeedLine? First { get; set; }

    public FeedLine? Second { get; set; }

    public FeedPlan Plan { get; private set; }

    public FeedLine? this[bool isSecond]
    {
        get => isSecond ? Second : First;
        set => (First, Second) = isSecond ? (First, value) : (value, Second);
    }

    public FeedLine? LineOf(RoomMember member) => this[Plan.NeedsSecond(member)];

    public void Update(IReadOnlyList<RoomMember> members) => Plan = FeedPlan.Of(members, View, _comes);

    /// <summary>A picture of the first copy came; true where the last one was in another codec.</summary>
    public bool Comes(VideoFormats format)
    {
        bool isOther = _comes != format;
        _comes = format;
        return isOther;
    }
}
