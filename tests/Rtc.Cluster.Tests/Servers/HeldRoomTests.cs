using Rtc.Server.Cluster;
using Rtc.Server.Rooms;
using Rtc.Signaling.Messages;

namespace Rtc.Cluster.Tests.Servers;

public sealed class HeldRoomTests
{
    /// <summary>Also where nobody came into it here, or nothing was set since it was taken over.</summary>
    [Fact]
    public void Private_room_stays_so_when_it_empties_at_the_next_owner()
    {
        string left = new RoomHandover { Settings = new SettingsMessage { Mode = "privacy" } }.ToJson();

        Assert.Equal(left, new HeldRoom("demo", 1, 0) { Snapshot = left, Saved = left }.Remains);
    }

    [Fact]
    public void Nothing_remains_of_a_public_room()
    {
        string left = new RoomHandover { Settings = new SettingsMessage { Mode = "focus" } }.ToJson();

        Assert.Null(new HeldRoom("demo", 1, 0) { Snapshot = left, Saved = left }.Remains);
        Assert.Null(new HeldRoom("demo", 1, 0).Remains);
    }
}
