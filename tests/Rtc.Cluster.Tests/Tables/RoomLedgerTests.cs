using Rtc.Cluster.Rooms;
using Rtc.Cluster.Tables;

namespace Rtc.Cluster.Tests.Tables;

/// <summary>What is asked where a room's grain lived on a node that is gone.</summary>
public sealed class RoomLedgerTests
{
    private static readonly RoomOwner s_owner = new("a", "1");

    private readonly SilentGrain _grain = new();

    [Fact]
    public async Task Grain_that_was_silent_once_is_passed_over()
    {
        var ledger = new RoomLedger(_ => _grain, new MemoryRooms(TimeProvider.System), TimeSpan.FromMilliseconds(1), TimeProvider.System);
        RoomEntry found = await ledger.FindAsync("demo");
        RoomEntry claimed = await ledger.ClaimAsync("demo", s_owner, found.Epoch);

        Assert.Equal((s_owner, 1), (claimed.Owner, _grain.Asked));
    }

    /// <summary>Its memory would send everybody to the owner of before, which lives and sends them back.</summary>
    [Fact]
    public async Task Grain_that_was_passed_over_is_told_to_forget()
    {
        var ledger = new RoomLedger(_ => _grain, new MemoryRooms(TimeProvider.System), TimeSpan.FromMilliseconds(1), TimeProvider.System);
        RoomEntry claimed = await ledger.ClaimAsync("demo", s_owner, 0);
        Assert.Equal(1, _grain.Forgotten);

        await ledger.ReleaseAsync("demo", s_owner, claimed.Epoch, null);
        Assert.Equal(2, _grain.Forgotten);
    }

    [Fact]
    public async Task Other_rooms_still_ask_their_grains()
    {
        var ledger = new RoomLedger(_ => _grain, new MemoryRooms(TimeProvider.System), TimeSpan.FromMilliseconds(1), TimeProvider.System);
        await ledger.FindAsync("demo");
        await ledger.FindAsync("other");

        Assert.Equal(2, _grain.Asked);
    }

    private sealed class SilentGrain : IRoomGrain
    {
        public int Asked { get; private set; }

        public Task<RoomEntry> FindAsync() => NeverAsync<RoomEntry>();

        public Task<RoomEntry> ClaimAsync(RoomOwner owner, long epoch) => NeverAsync<RoomEntry>();

        public Task ReleaseAsync(RoomOwner owner, long epoch, string? snapshot) => NeverAsync<bool>();

        public int Forgotten { get; private set; }

        public Task ForgetAsync()
        {
            Forgotten++;
            return Task.CompletedTask;
        }

        private Task<T> NeverAsync<T>()
        {
            Asked++;
            return new TaskCompletionSource<T>().Task;
        }
    }
}
