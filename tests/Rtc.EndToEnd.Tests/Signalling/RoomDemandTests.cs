using System.Text.Json;
using Rtc.Bench;
using Rtc.Peer;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>What a room does follows from who is in it: nothing for nobody, and everything once however many watch.</summary>
[Collection(AloneCollection.Name)]
public sealed class RoomDemandTests(SignallingServer server, ITestOutputHelper output) : IClassFixture<SignallingServer>, IDisposable
{
    private readonly HttpClient _http = new() { Timeout = Patience.Time };

    private ServerProcess Server => server.Process;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Room_works_only_for_members_that_are_there()
    {
        const string Room = "demand";
        await using BenchPhone phone = await MediaClient.PublishAsync(Server, _http, Room);

        // Nobody watches, nobody listens.
        await UntilAsync(Room, room => Count(room, "received") > 20);
        JsonElement idle = await Server.RoomAsync(Room);
        Assert.Equal((0, 0, 0), (Count(idle, "decoded"), Count(idle, "detected"), Count(idle, "coded")));

        // The source is passed on as it came.
        await using (BenchViewer source = await MediaClient.WatchAsync(Server, _http, Room, "source"))
        {
            await ServerState.UntilAsync("no source came", () => Task.FromResult(source.Frames > 30));
            JsonElement forwarding = await Server.RoomAsync(Room);
            Assert.Equal((0, 0, 0), (Count(forwarding, "decoded"), Count(forwarding, "detected"), Count(forwarding, "coded")));
        }

        // Somebody listens: pictures are decoded and looked at, not drawn.
        await using (HubClient listener = await HubClient.OpenAsync(Server))
        {
            await listener.JoinAsync(Room);
            await listener.PushedAsync("detections");
            await UntilAsync(Room, room => Count(room, "detected") > 10);
            Assert.Equal(0, Count(await Server.RoomAsync(Room), "coded"));
        }

        // Somebody watches, without drawings: coded, and no longer looked at.
        await using (BenchViewer viewer = await MediaClient.WatchAsync(Server, _http, Room))
        {
            await using (HubClient chooser = await HubClient.OpenAsync(Server))
            {
                await chooser.JoinAsync(Room);
                await chooser.CallRawAsync("Configure", """[{"mode":"plain"}]""");
            }

            await ServerState.UntilAsync("no picture came", () => Task.FromResult(viewer.Frames > 30));
            long detected = await StableAsync(Room, "detected");
            long coded = Count(await Server.RoomAsync(Room), "coded");
            await UntilAsync(Room, room => Count(room, "coded") > coded + 20);
            Assert.Equal(detected, Count(await Server.RoomAsync(Room), "detected"));
        }

        // All gone again: nothing more is decoded.
        long decoded = await StableAsync(Room, "decoded");
        long received = Count(await Server.RoomAsync(Room), "received");
        await UntilAsync(Room, room => Count(room, "received") > received + 20);
        Assert.Equal(decoded, Count(await Server.RoomAsync(Room), "decoded"));
    }

    [Fact]
    public async Task Sixty_viewers_cost_one_encode_and_few_key_frames()
    {
        const string Room = "crowd";
        const int Crowd = 60;
        await using BenchPhone phone = await MediaClient.PublishAsync(Server, _http, Room);
        await using var swarm = new ViewerSwarm(_http);
        var address = new Uri(Server.Address, $"/whep/{Room}");
        SwarmViewer first = await swarm.AddAsync(address);
        await ServerState.UntilAsync("no picture came", () => Task.FromResult(first.Frames > 10));

        // They come at once; a key frame is asked for by each, and served to those who came together.
        long keysBefore = first.KeyFrames;
        long began = System.Diagnostics.Stopwatch.GetTimestamp();
        SwarmViewer[] all = [first, .. await Task.WhenAll(Enumerable.Range(1, Crowd - 1).Select(_ => swarm.AddAsync(address)))];
        await ServerState.UntilAsync("not everybody got a picture", () => Task.FromResult(all.All(viewer => viewer.Frames > 0)));
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds;
        long keys = first.KeyFrames - keysBefore;
        output.WriteLine($"{Crowd} came within {seconds:0.0} s and cost {keys} key frames");
        Assert.InRange(keys, 1, (seconds * 4) + 2);

        JsonElement before = await Server.RoomAsync(Room);
        double encodesBefore = await Server.MetricAsync("rtc_stage_duration_seconds_count", "stage=\"encode\"");
        await UntilAsync(Room, room => Count(room, "received") > Count(before, "received") + 90);
        JsonElement after = await Server.RoomAsync(Room);
        double encodes = await Server.MetricAsync("rtc_stage_duration_seconds_count", "stage=\"encode\"") - encodesBefore;
        long coded = Count(after, "coded") - Count(before, "coded");
        long received = Count(after, "received") - Count(before, "received");
        long lost = all.Sum(viewer => viewer.Stats.PacketsLost);
        long packets = all.Sum(viewer => viewer.Stats.PacketsReceived);
        output.WriteLine(
            $"{received} pictures came, {coded} were coded for {Crowd} viewers, {lost} of {packets} packets lost, "
                + $"{all.Sum(viewer => viewer.Freezes)} gaps");
        Assert.Equal(Crowd, (await Server.RoomAsync(Room)).GetProperty("viewers").GetInt32());
        Assert.True(coded <= received + 5, $"{coded} coded of {received}");
        Assert.True(encodes <= received + 15, $"{encodes} encodes of {received} pictures");
        Assert.True(lost <= packets / 100, $"{lost} of {packets} packets lost");
        Assert.All(all, viewer => Assert.Null(viewer.ClosedBecause));
    }

    [Fact]
    public async Task A_crowd_that_wants_the_source_asks_the_phone_once_in_a_while()
    {
        const string Room = "source-crowd";
        await using BenchPhone phone = await MediaClient.PublishAsync(Server, _http, Room);
        await UntilAsync(Room, room => Count(room, "received") > 10);
        long asked = phone.Stats.KeyFrameRequestsReceived;
        long began = System.Diagnostics.Stopwatch.GetTimestamp();

        BenchViewer[] crowd = await Task.WhenAll(
            Enumerable.Range(0, 30).Select(_ => MediaClient.WatchAsync(Server, _http, Room, "source")));
        await ServerState.UntilAsync("not everybody got a picture", () => Task.FromResult(crowd.All(viewer => viewer.Frames > 0)));

        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds;
        long requests = phone.Stats.KeyFrameRequestsReceived - asked;
        output.WriteLine($"30 came within {seconds:0.0} s and asked the phone {requests} times");
        Assert.InRange(requests, 1, (seconds * 4) + 2);
        Assert.Equal(0, Count(await Server.RoomAsync(Room), "decoded"));
        Assert.True(await Server.MetricAsync("rtc_first_picture_duration_seconds_count") >= 30);
        foreach (BenchViewer viewer in crowd)
        {
            await viewer.DisposeAsync();
        }
    }

    private static long Count(JsonElement room, string what) => room.GetProperty(what).GetInt64();

    private Task UntilAsync(string room, Func<JsonElement, bool> holds) =>
        ServerState.UntilAsync($"{room} never got there", async () => holds(await Server.RoomAsync(room)));

    /// <summary>The count once it has stood still while ten more pictures came in: what was under way is through.</summary>
    private async Task<long> StableAsync(string room, string what)
    {
        long last = -1;
        await ServerState.UntilAsync($"{what} goes on", async () =>
        {
            JsonElement before = await Server.RoomAsync(room);
            await UntilAsync(room, now => Count(now, "received") > Count(before, "received") + 10);
            last = Count(await Server.RoomAsync(room), what);
            return last == Count(before, what);
        });
        return last;
    }
}
