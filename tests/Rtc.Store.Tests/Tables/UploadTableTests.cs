using Rtc.Store.Tests.Engines;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Store.Tests.Tables;

/// <summary>How long an upload has its place of the quota, on both engines.</summary>
public sealed class UploadTableTests(PostgresServer server)
{
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(15);

    public static TheoryData<string> Engines => TestStore.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Upload_in_one_go_has_its_place_while_its_program_says_so(string engine)
    {
        var time = new VirtualTime();
        await using TestStore store = await TestStore.CreateAsync(server, engine, time);
        var uploads = new UploadTable(store.Database);
        UserId user = await store.UserAsync();
        Upload whole = Of(user, time), inParts = Of(user, time);
        Assert.True(await uploads.TryAddAsync(whole, 200, s_lease));
        Assert.True(await uploads.TryAddAsync(inParts, 200));
        Assert.False(await uploads.TryAddAsync(Of(user, time), 200, s_lease));

        time.Jump(TimeSpan.FromMinutes(10));
        Assert.Equal(1, await uploads.RenewAsync(whole.Id, s_lease));
        time.Jump(TimeSpan.FromMinutes(10));
        Assert.Equal(200, await store.Videos.HeldBytesAsync(user));
        Assert.Empty(await uploads.OlderThanAsync(time.GetUtcNow().AddDays(-1)));

        // A kill: nobody renews it any more.
        time.Jump(TimeSpan.FromMinutes(6));
        Assert.Equal(100, await store.Videos.HeldBytesAsync(user));
        Assert.Equal(whole.Id, Assert.Single(await uploads.OlderThanAsync(time.GetUtcNow().AddDays(-1))).Id);
        Assert.True(await uploads.TryAddAsync(Of(user, time), 200, s_lease));
    }

    private static Upload Of(UserId user, VirtualTime time) =>
        new(new VideoId(Guid.CreateVersion7()), user, "a.mp4", 100, time.GetUtcNow());
}
