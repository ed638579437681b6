using Rtc.Store.Tests.Engines;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Store.Tests.Tables;

/// <summary>Videos, on both engines.</summary>
public sealed class VideoTableTests(PostgresServer server)
{
    public static TheoryData<string> Engines => TestStore.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Video_is_read_as_it_was_written_by_its_user_alone(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        UserId user = await store.UserAsync();
        UserId other = await store.UserAsync("other@example.org");
        Video video = await store.VideoAsync(user);
        Video read = (await store.Videos.FindAsync(user, video.Id))!;
        Assert.Equal(video.Facts, read.Facts);
        Assert.Equal((video.Name, video.File, video.Bytes, video.Sha256), (read.Name, read.File, read.Bytes, read.Sha256));
        Assert.Equal(video.CreatedAt, read.CreatedAt, TimeSpan.FromMilliseconds(1));
        Assert.Null(await store.Videos.FindAsync(other, video.Id));
        Assert.Null(await store.Videos.DeleteAsync(other, video.Id));
        Assert.Empty(await store.Videos.ListAsync(other, null, 10));
        Assert.Null(await store.Videos.FindSameAsync(other, video.Sha256));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Pages_follow_each_other_newest_first(string engine)
    {
        var time = new VirtualTime();
        await using TestStore store = await TestStore.CreateAsync(server, engine, time);
        UserId user = await store.UserAsync();
        List<VideoId> added = [];
        for (int i = 0; i < 7; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            added.Add((await store.VideoAsync(user)).Id);
        }

        List<VideoId> seen = [];
        VideoId? after = null;
        while (await store.Videos.ListAsync(user, after, 3) is { Count: > 0 } page)
        {
            Assert.InRange(page.Count, 1, 3);
            seen.AddRange(page.Select(video => video.Id));
            after = page[^1].Id;
        }

        Assert.Equal(added.AsEnumerable().Reverse(), seen);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task File_of_two_videos_goes_with_the_second(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        UserId user = await store.UserAsync();
        Video first = await store.VideoAsync(user, "aa", "one.mp4", 500);
        Video second = await store.VideoAsync(user, "aa", "one.mp4", 500);
        await store.VideoAsync(user, "bb", "two.mp4", 70);
        Assert.Equal(string.Empty, await store.Videos.DeleteAsync(user, first.Id));
        Assert.Equal("one.mp4", await store.Videos.DeleteAsync(user, second.Id));
    }
}
