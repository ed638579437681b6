using Rtc.Pipeline.Settings;
using Rtc.Server.Rooms;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

public sealed class ZoneMessagesTests
{
    // Counts are told by name: two of one name would have nowhere to go.
    [Fact]
    public void Zones_of_one_name_are_refused()
    {
        Assert.True(ZoneMessages.TryRead([Zone("door"), Zone("window")], new RoomSettings(), out _));
        Assert.False(ZoneMessages.TryRead([Zone("door"), Zone("door")], new RoomSettings(), out RoomSettings next));
        Assert.Empty(next.Zones);
    }

    private static ZoneMessage Zone(string name) => new() { Name = name, Points = [[0, 0], [1, 0], [1, 1]] };
}
