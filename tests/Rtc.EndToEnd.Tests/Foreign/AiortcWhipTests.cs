using System.Text.Json;
using Xunit;

namespace Rtc.EndToEnd.Tests.Foreign;

/// <summary>aiortc, a peer written by others, publishes by WHIP and watches by WHEP.</summary>
[Collection(ForeignCollection.Name)]
public sealed class AiortcWhipTests(ITestOutputHelper output) : IAsyncLifetime
{
    private ServerProcess _server = null!;
    private AiortcClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerProcess.StartAsync(["--model", "motion"]);
        _client = new AiortcClient(_server, output);
    }

    public async ValueTask DisposeAsync()
    {
        output.WriteLine(_server.Output);
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task It_publishes_and_watches_with_a_data_channel()
    {
        using Script publishing = _client.Start(
            "publish", "/whip/demo?mode=annotate", ["--until", "received=21", "detections=21", "--return", "--data"]);
        await _client.UntilOnAirAsync();
        JsonElement watched = await _client.RunAsync(
            "watch", "/whep/demo?view=annotated", ["--until", "received=14", "changes=7", "detections=7", "--data"]);
        JsonElement published = await publishing.EndAsync();

        Assert.Equal(201, published.GetProperty("status").GetInt32());
        Assert.True(published.GetProperty("received").GetInt32() > 20, "the returned track has too few pictures");
        Assert.True(published.GetProperty("detections").GetInt32() > 20, "too few messages reached the publisher");
        Assert.True(watched.GetProperty("received").GetInt32() > 13, "the viewer got too few pictures");
        Assert.True(watched.GetProperty("changes").GetInt32() > 6, "the viewer's picture does not move");
        Assert.True(watched.GetProperty("detections").GetInt32() > 6, "too few messages reached the viewer");
        Assert.Equal(640, watched.GetProperty("width").GetInt32());
        await _client.UntilNobodyIsThereAsync();
    }

    [Fact]
    public async Task H264_it_publishes_reaches_a_waiting_viewer()
    {
        // The viewer comes first: aiortc's encoder answers a request for a key frame with a picture that is none.
        using Script watching = _client.Start("watch", "/whep/h264?view=annotated", ["--until", "received=21", "changes=11"]);
        using Script publishing = _client.Start("publish", "/whip/h264?mode=plain", ["--codec", "h264"]);
        JsonElement watched = await watching.EndAsync();
        await publishing.EndAsync();
        Assert.True(watched.GetProperty("received").GetInt32() > 20, "the viewer got too few pictures");
        Assert.True(watched.GetProperty("changes").GetInt32() > 10, "the viewer's picture does not move");
    }
}
