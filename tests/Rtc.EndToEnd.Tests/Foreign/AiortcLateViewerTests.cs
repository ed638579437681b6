using System.Text.Json;
using Xunit;

namespace Rtc.EndToEnd.Tests.Foreign;

/// <summary>How soon a viewer that comes late to aiortc's H.264 sees something.</summary>
[Collection(AloneCollection.Name)]
public sealed class AiortcLateViewerTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Late_viewer_of_its_h264_sees_a_picture_soon()
    {
        // Its encoder makes a key frame every eight seconds, whatever is asked of it; a bitrate told lower makes it begin anew.
        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion"]);
        var client = new AiortcClient(server, output);
        using Script publishing = client.Start("publish", "/whip/late?mode=plain", ["--codec", "h264"]);
        await client.UntilOnAirAsync();
        JsonElement watched = await client.RunAsync("watch", "/whep/late?view=source", ["--until", "changes=7"]);
        await publishing.EndAsync();
        int first = watched.GetProperty("first_picture_ms").GetInt32();
        output.WriteLine($"first picture after {first} ms");
        Assert.InRange(first, 0, 5000); // a second or so, and what a busy machine adds
        Assert.True(watched.GetProperty("changes").GetInt32() > 6, "the viewer's picture does not move");
    }
}
