using System.Net;
using System.Text.Json;
using Xunit;

namespace Rtc.EndToEnd.Tests.Foreign;

/// <summary>GStreamer's webrtcbin publishes by WHIP. Skipped where it is not installed.</summary>
[Collection(ForeignCollection.Name)]
public sealed class GStreamerWhipTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("vp8")]
    [InlineData("h264")]
    public async Task It_publishes_with_a_data_channel(string codec)
    {
        // On every address: its ICE does not reach 127.0.0.1 by UDP.
        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion"], host: IPAddress.Any);
        using Script publishing = Script.Start(
            "gst_publish.py", output,
            [new Uri(server.Address, "/whip/gst?mode=annotate").ToString(), "--detections", "11", "--codec", codec]);
        JsonElement watched = default;
        var viewer = new AiortcClient(server, output);
        if (await viewer.IsOnAirAsync(publishing.Report))
        {
            watched = await viewer.RunAsync("watch", "/whep/gst?view=annotated", ["--until", "received=11", "changes=6"]);
        }

        JsonElement published = await publishing.EndAsync();
        if (published.TryGetProperty("missing", out JsonElement missing))
        {
            Assert.Skip($"GStreamer lacks {missing}");
        }

        Assert.Equal(201, published.GetProperty("status").GetInt32());
        Assert.Contains("connected", published.GetProperty("states").EnumerateArray().Select(state => state.GetString()));
        Assert.True(published.GetProperty("detections").GetInt32() > 10, "too few messages reached the publisher");
        Assert.True(watched.GetProperty("received").GetInt32() > 10, "the viewer got too few pictures");
        Assert.True(watched.GetProperty("changes").GetInt32() > 5, "the viewer's picture does not move");
    }
}
