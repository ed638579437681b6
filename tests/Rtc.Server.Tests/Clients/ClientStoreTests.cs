using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Client;
using Rtc.Server.Tests.Hosting;
using Rtc.Store.Events;

namespace Rtc.Server.Tests.Clients;

/// <summary>The .NET client with what a server keeps: keys, videos, jobs and events.</summary>
public sealed class ClientStoreTests : IDisposable
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-state-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Delete(recursive: true);

    [Fact]
    public async Task Job_on_an_uploaded_film_is_followed_to_its_result()
    {
        await using FileStream film = File.OpenRead(await FilmAsync());
        await using RunningHost host = await StartAsync();
        using var client = new RtcClient(host.Client.BaseAddress!);
        Video video = await client.Videos.UploadAsync(film, "a film.mp4", Cancel);
        Assert.Equal(("a film.mp4", 160, 10), (video.Name, video.Width, video.TotalFrames));

        string id = await client.Jobs.CreateAsync(video.VideoId, "analyse", new JsonObject { ["masks"] = false }, Cancel);
        Job job = await client.Jobs.WaitAsync(id, Cancel);
        Assert.Equal(("completed", null, 1.0), (job.Status, job.Error, job.Progress));
        JsonElement result = await client.Jobs.ResultAsync(id, Cancel);
        Assert.Equal(JsonValueKind.Object, result.ValueKind);
        Assert.Equal(id, Assert.Single((await client.Jobs.ListAsync(cancel: Cancel)).Jobs).JobId);
        Assert.Equal("completed", (await client.Jobs.CancelAsync(id, Cancel)).Status);

        await client.Videos.DeleteAsync(video.VideoId, Cancel);
        RtcException gone = await Assert.ThrowsAsync<RtcException>(() => client.Videos.FindAsync(video.VideoId, Cancel));
        Assert.Equal(HttpStatusCode.NotFound, gone.Status);
    }

    [Fact]
    public async Task Refused_jobs_and_films_say_why()
    {
        await using RunningHost host = await StartAsync();
        using var client = new RtcClient(host.Client.BaseAddress!);
        string nobody = Guid.NewGuid().ToString();
        Assert.Equal("job", await CodeAsync(() => client.Jobs.CreateAsync(nobody, "dance", cancel: Cancel)));
        Assert.Equal("unknown_video", await CodeAsync(() => client.Jobs.CreateAsync(nobody, "analyse", cancel: Cancel)));
        Assert.Equal("unknown_job", await CodeAsync(() => client.Jobs.ResultAsync(nobody, Cancel)));
        Assert.Equal("unknown_job", await CodeAsync(() => client.Jobs.WaitAsync(nobody, Cancel)));
        using var text = new MemoryStream("no film at all"u8.ToArray());
        RtcException refused = await Assert.ThrowsAsync<RtcException>(() => client.Videos.UploadAsync(text, "a.mp4", Cancel));
        Assert.InRange((int)refused.Status!, 400, 499);
    }

    [Fact]
    public async Task Keys_are_made_listed_and_revoked()
    {
        await using RunningHost host = await StartAsync();
        using var client = new RtcClient(host.Client.BaseAddress!);
        UserKey made = await client.Keys.CreateAsync("someone@example.org", "laptop", Cancel);
        using var owner = new RtcClient(host.Client.BaseAddress!, new RtcClientOptions { Key = made.Key });
        Assert.Empty((await owner.Jobs.ListAsync(cancel: Cancel)).Jobs);
        UserKey listed = Assert.Single(await client.Keys.ListAsync(Cancel));
        Assert.Equal((made.KeyId, null, "laptop"), (listed.KeyId, listed.Key, listed.Name));
        await client.Keys.RevokeAsync(made.KeyId, Cancel);
        Assert.Equal(
            HttpStatusCode.Unauthorized, (await Assert.ThrowsAsync<RtcException>(() => owner.Jobs.ListAsync(cancel: Cancel))).Status);
    }

    [Fact]
    public async Task Events_are_listed_and_followed_from_a_place()
    {
        await using RunningHost host = await StartAsync();
        EventTable table = host.App.Services.GetRequiredService<EventTable>();
        long[] ids = [await AddAsync(table, "demo"), await AddAsync(table, "hall"), await AddAsync(table, "demo")];
        using var client = new RtcClient(host.Client.BaseAddress!);
        var demo = new EventQuery { Room = "demo", From = DateTimeOffset.UtcNow.AddHours(-1) };
        EventPage page = await client.Events.ListAsync(demo, limit: 1, cancel: Cancel);
        Assert.Equal((ids[2], "person", 0.25f), (page.Events[0].EventId, page.Events[0].Class, page.Events[0].Box!.Ymin));
        Assert.Equal(ids[0], (await client.Events.ListAsync(demo, page.Next, cancel: Cancel)).Events[0].EventId);
        await foreach (RoomEvent happened in client.Events.FollowAsync(demo, after: ids[0], Cancel))
        {
            Assert.Equal((ids[2], "door"), (happened.EventId, happened.RuleId));
            break;
        }
    }

    private static async Task<string> CodeAsync(Func<Task> ask) => (await Assert.ThrowsAsync<RtcException>(ask)).Code;

    private static async Task<long> AddAsync(EventTable events, string room)
    {
        const string Data = """{"track_id":7,"confidence":0.9,"box":{"xmin":0.1,"ymin":0.25,"xmax":0.3,"ymax":0.4}}""";
        return (await events.AddAsync(
            new StoredEvent(0, room, "door", "Door", "zone_entered", "person", DateTimeOffset.UtcNow, Data), null, new EventTelling(),
            cancel: Cancel)).Id;
    }

    private async Task<string> FilmAsync()
    {
        string file = Path.Combine(_state.FullName, "film.mp4");
        try
        {
            using Process ffmpeg = Process.Start(
                "ffmpeg",
                ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=160x160:rate=10:duration=1", "-pix_fmt", "yuv420p", file]);
            await ffmpeg.WaitForExitAsync(Cancel);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("ffmpeg is not installed");
        }

        return file;
    }

    private Task<RunningHost> StartAsync() => RunningHost.StartAsync(RunningHost.Options with
    {
        Http = RunningHost.Options.Http with { StateDirectory = _state.FullName },
    });
}
