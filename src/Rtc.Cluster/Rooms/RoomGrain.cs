namespace Rtc.Cluster.Rooms;

/// <summary>
/// Answers from memory who has the room, and changes it in the table. Where its memory is behind the table, because a node that could
/// not reach it changed that directly, it is told to forget; where that is lost too, the next change is refused by the table and brings
/// the memory up to date.
/// </summary>
internal sealed class RoomGrain(IRoomTable table) : Grain, IRoomGrain
{
    private RoomEntry? _entry;

    public async Task<RoomEntry> FindAsync() => _entry ??= await table.FindAsync(this.GetPrimaryKeyString());

    public async Task<RoomEntry> ClaimAsync(RoomOwner owner, long epoch)
    {
        // What the write did is unknown where it fails.
        _entry = null;
        return _entry = await table.ClaimAsync(this.GetPrimaryKeyString(), owner, epoch);
    }

    public async Task ReleaseAsync(RoomOwner owner, long epoch, string? snapshot)
    {
        _entry = null;
        await table.ReleaseAsync(this.GetPrimaryKeyString(), owner, epoch, snapshot);
    }

    public Task ForgetAsync()
    {
        _entry = null;
        return Task.CompletedTask;
    }
}
