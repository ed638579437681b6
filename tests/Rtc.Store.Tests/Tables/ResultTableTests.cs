using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Tests.Engines;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Store.Tests.Tables;

/// <summary>What analysis writes, on both engines.</summary>
public sealed class ResultTableTests(PostgresServer server)
{
    public static TheoryData<string> Engines => TestStore.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Frames_written_again_replace_what_was_there(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        UserId user = await store.UserAsync();
        Video video = await store.VideoAsync(user);
        Job job = await store.JobAsync(user, video.Id);
        await WriteAsync(0, 100, "person");
        await WriteAsync(50, 120, "dog");
        List<FrameResult> all = await store.Results.ReadAsync(video.Id, job.Id, 0, 1000);
        Assert.Equal(Enumerable.Range(0, 120).Select(frame => (long)frame), all.Select(frame => frame.Frame));
        Assert.All(all, frame => Assert.Equal("3,5,10", Assert.Single(frame.Masks).Rle));
        List<FrameResult> people = await store.Results.ReadAsync(video.Id, job.Id, 40, 60, "person");
        Assert.Equal(Enumerable.Range(40, 10).Select(frame => (long)frame), people.Select(frame => frame.Frame));
        Assert.Equal(
            ["0"], await store.TextsAsync("SELECT COUNT(*) FROM segmentation_masks WHERE detection_id IS NULL"));

        async Task WriteAsync(int from, int to, string name) => await store.Database.WriteAsync(async session =>
        {
            await store.Results.WriteAsync(
                session, job.Id, video.Id,
                [
                    .. Enumerable.Range(from, to - from).Select(frame => new FrameResult(
                        frame, frame / 30.0, $$"""[{"class":"{{name}}","confidence":0.9}]""", [new MaskResult("obj_001", "3,5,10", 5)])),
                ]);
            return true;
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Deleted_video_takes_jobs_and_results_along(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        UserId user = await store.UserAsync();
        Video video = await store.VideoAsync(user);
        Job job = await store.JobAsync(user, video.Id);
        await store.Database.WriteAsync(async session =>
        {
            await store.Results.WriteAsync(session, job.Id, video.Id, [new FrameResult(1, 0.1, "[]", [new MaskResult(null, "1", 1)])]);
            return true;
        });
        await store.Videos.DeleteAsync(user, video.Id);
        foreach (string table in (string[])["processing_jobs", "detections", "segmentation_masks"])
        {
            Assert.Equal(["0"], await store.TextsAsync($"SELECT COUNT(*) FROM {table}"));
        }
    }
}
