using System.Text.Json;
using Rtc.Bench;
using Rtc.EndToEnd.Tests.Signalling;
using Xunit;

namespace Rtc.EndToEnd.Tests.Foreign;

/// <summary>aiortc on a real link that loses and delays, both ways.</summary>
[Collection(ForeignCollection.Name)]
public sealed class AiortcLossyLinkTests(ITestOutputHelper output)
{
    [Fact]
    public async Task It_publishes_and_watches_where_two_per_cent_are_lost()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion"]);
        var client = new AiortcClient(server, output);
        using var up = new ImpairedLink(server.MediaPort, new LinkQuality(Loss: 0.02, RoundTripMs: 50, Seed: 5));
        using var down = new ImpairedLink(server.MediaPort, new LinkQuality(Loss: 0.02, RoundTripMs: 50, Seed: 6));
        using Script publishing = client.Start(
            "publish", "/whip/lossy?mode=annotate", ["--until", "detections=34", "--data"], up.Port);
        await client.UntilOnAirAsync();
        using Script watching = client.Start(
            "watch", "/whep/lossy?view=annotated", ["--until", "received=26", "changes=17", "detections=14", "--data"], down.Port);
        await ServerState.UntilAsync("the links lost nothing", () => Task.FromResult(up.Dropped > 5 && down.Dropped > 5));
        JsonElement watched = await watching.EndAsync();
        JsonElement published = await publishing.EndAsync();

        output.WriteLine($"up: {up.Dropped} lost of {up.Passed + up.Dropped}; down: {down.Dropped} of {down.Passed + down.Dropped}");
        Assert.True(watched.GetProperty("received").GetInt32() > 25, "the viewer got too few pictures");
        Assert.True(watched.GetProperty("changes").GetInt32() > 16, "the viewer's picture does not move");
        Assert.True(watched.GetProperty("detections").GetInt32() > 13, "too few messages reached the viewer");
        Assert.True(published.GetProperty("detections").GetInt32() > 33, "too few messages reached the publisher");
    }
}
