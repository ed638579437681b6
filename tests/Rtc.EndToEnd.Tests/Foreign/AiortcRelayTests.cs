using System.Text.Json;
using Xunit;

namespace Rtc.EndToEnd.Tests.Foreign;

/// <summary>aiortc where only a TURN relay leads to the server.</summary>
[Collection(ForeignCollection.Name)]
public sealed class AiortcRelayTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Its_pictures_reach_the_server_through_coturn_alone_and_come_back()
    {
        using Coturn turn = await Coturn.StartAsync();
        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion"]);
        var client = new AiortcClient(server, output);
        JsonElement published = await client.RunAsync(
            "publish", "/whip/relay?mode=annotate",
            ["--until", "received=14", "changes=7", "--return", "--turn", turn.Url, Coturn.User, Coturn.Password]);

        Assert.Equal(["relay"], published.GetProperty("offered_ways").EnumerateArray().Select(way => way.GetString()));
        Assert.Equal("relay", published.GetProperty("way").GetString());
        Assert.True(published.GetProperty("received").GetInt32() > 13, "the returned track has too few pictures");
        Assert.True(published.GetProperty("changes").GetInt32() > 6, "the returned picture does not move");
    }
}
