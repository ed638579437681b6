using Rtc.Pipeline.Settings;
using Rtc.Server.Rooms;

namespace Rtc.Server.Tests.Rooms;

public sealed class EmptiedRoomsTests : IAsyncLifetime
{
    private static readonly Instant s_left = new(1_000_000);
    private readonly RoomFixture _fixture = new();

    [Theory]
    [InlineData(0, 9, true)]
    [InlineData(0, 11, false)]
    [InlineData(60, 59, true)]
    [InlineData(60, 61, false)]
    public void Private_room_is_remembered_for_ten_minutes_or_as_long_as_rooms_linger(int linger, int minutes, bool known)
    {
        var emptied = new EmptiedRooms(TimeSpan.FromMinutes(linger));
        Set(ViewMode.Privacy);

        emptied.OnEmptied(_fixture.Room, s_left);

        RoomStart? start = emptied.Find(_fixture.Room.Name, s_left + TimeSpan.FromMinutes(minutes));
        Assert.Equal(known ? ViewMode.Privacy : null, start?.Settings.Mode);
    }

    [Fact]
    public void Room_that_empties_in_the_open_is_forgotten()
    {
        var emptied = new EmptiedRooms(TimeSpan.Zero);
        Set(ViewMode.Privacy);
        emptied.OnEmptied(_fixture.Room, s_left);
        Set(ViewMode.Plain);

        emptied.OnEmptied(_fixture.Room, s_left);

        Assert.Null(emptied.Find(_fixture.Room.Name, s_left));
    }

    private void Set(ViewMode mode) => Assert.Null(_fixture.Room.Pipeline.TryConfigure(new RoomSettings { Mode = mode }));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
