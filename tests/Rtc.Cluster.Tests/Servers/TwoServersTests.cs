using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rtc.EndToEnd.Tests;
using Rtc.EndToEnd.Tests.Signalling;

namespace Rtc.Cluster.Tests.Servers;

/// <summary>What clients see of two servers that are one. Each test has a room of its own.</summary>
public sealed class TwoServersTests(ServerPair pair) : IClassFixture<ServerPair>
{
    private ServerProcess[] Servers => pair.Servers;

    [Fact]
    public async Task Viewer_of_any_node_sees_the_camera_of_another()
    {
        await using TestPeer camera = await TestPeer.ConnectAsync(Servers[0].Address, "demo", isCamera: true);
        await camera.SeesAsync();
        await using TestPeer here = await TestPeer.ConnectAsync(Servers[0].Address, "demo", isCamera: false);
        await using TestPeer there = await TestPeer.ConnectAsync(Servers[1].Address, "demo", isCamera: false);
        await here.SeesAsync();
        await there.SeesAsync();

        Assert.Equal((0, Servers[0].Address), (camera.Redirects, camera.At));
        JsonElement cluster = await Servers[1].Http.GetFromJsonAsync<JsonElement>("/api/cluster");
        Assert.Equal("n1", cluster.GetProperty("node_id").GetString());
        Assert.Equal(["n0", "n1"], cluster.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("node_id").GetString()));

        // A room of another node is known here too.
        JsonElement room = await Servers[1].Http.GetFromJsonAsync<JsonElement>("/api/rooms/demo");
        Assert.Equal(1, room.GetProperty("phones").GetInt32());
    }

    [Fact]
    public async Task Camera_is_sent_to_the_node_that_has_its_room()
    {
        await using HubClient first = await HubClient.OpenAsync(Servers[0]);
        HubAnswer joined = await first.JoinAsync("sent", "phone");
        Assert.Null(joined.Error);
        Assert.StartsWith("n0~", joined.Result.GetProperty("node").GetString(), StringComparison.Ordinal);
        Assert.Equal(Servers[1].Address.AbsoluteUri, Assert.Single(joined.Result.GetProperty("nodes").EnumerateArray()).GetString());

        await using HubClient second = await HubClient.OpenAsync(Servers[1]);
        Assert.Equal("redirect", (await second.JoinAsync("sent", "phone")).Code);
        JsonElement sent = await second.PushedAsync("redirect");
        Assert.Equal(("sent", "n0"), (sent.GetProperty("room").GetString(), sent.GetProperty("node").GetString()));
        Assert.StartsWith($"{Servers[0].Address}hub?node=n0", sent.GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    /// <summary>A browser leaves the token behind where it follows by itself, and tells its page no address.</summary>
    [Fact]
    public async Task Whip_client_is_sent_there_or_told_the_address()
    {
        await using HubClient first = await HubClient.OpenAsync(Servers[0]);
        Assert.Null((await first.JoinAsync("told", "phone")).Error);
        using HttpResponseMessage sent = await TestPeer.PostAsync(new Uri(Servers[1].Address, "/whip/told?name=Hall"), "v=0");
        Assert.Equal(HttpStatusCode.TemporaryRedirect, sent.StatusCode);

        using HttpResponseMessage told = await TestPeer.PostAsync(new Uri(Servers[1].Address, "/whip/told?name=Hall&follow=false"), "v=0");
        Assert.Equal(HttpStatusCode.Conflict, told.StatusCode);
        Assert.Equal("redirect", (await told.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("title").GetString());
        Assert.StartsWith(
            $"{Servers[0].Address}whip/told?name=Hall&follow=false&node=n0", told.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forged_hint_is_refused_and_a_signed_one_is_not()
    {
        using HttpResponseMessage forged = await TestPeer.PostAsync(new Uri(Servers[0].Address, "/whip/hinted?node=n0~AAAA"), "v=0");
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        Assert.Contains("bad_hint", await forged.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await using HubClient hub = await HubClient.OpenAsync(Servers[0]);
        string hint = (await hub.JoinAsync("hinted", "viewer")).Result.GetProperty("node").GetString()!;
        using HttpResponseMessage signed =
            await TestPeer.PostAsync(new Uri(Servers[0].Address, "/whip/hinted?node=" + Uri.EscapeDataString(hint)), "v=0");
        Assert.Equal(HttpStatusCode.BadRequest, signed.StatusCode);
        using HttpResponseMessage other =
            await TestPeer.PostAsync(new Uri(Servers[0].Address, "/whip/other?node=" + Uri.EscapeDataString(hint)), "v=0");
        Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
    }

    /// <summary>As after a cut that healed: the table says that another took the room over meanwhile.</summary>
    [Fact]
    public async Task Owner_that_finds_a_higher_epoch_lets_go_and_sends_its_members_on()
    {
        await using HubClient phone = await HubClient.OpenAsync(Servers[0]);
        await using HubClient other = await HubClient.OpenAsync(Servers[1]);
        Assert.Null((await phone.JoinAsync("cut", "phone")).Error);
        Assert.Null((await other.JoinAsync("other", "phone")).Error);
        await RunAsync(
            "UPDATE cluster_rooms SET owner = taken.owner, incarnation = taken.incarnation, epoch = cluster_rooms.epoch + 1 "
                + "FROM cluster_rooms AS taken WHERE cluster_rooms.room = 'cut' AND taken.room = 'other'");

        Assert.Equal("n1", (await phone.PushedAsync("redirect")).GetProperty("node").GetString());

        // The room's grain was passed over and names the first owner still: nobody is sent there and back.
        await using TestPeer camera = await TestPeer.ConnectAsync(Servers[1].Address, "cut", isCamera: true);
        Assert.Equal((0, Servers[1].Address), (camera.Redirects, camera.At));
        Assert.Equal("redirect", (await phone.JoinAsync("cut", "phone")).Code);
    }

    /// <summary>A private room's next owner begins with that, also where it could not be written at once.</summary>
    [Fact]
    public async Task Settings_that_could_not_be_written_are_written_later()
    {
        await using TestPeer camera = await TestPeer.ConnectAsync(Servers[0].Address, "written", isCamera: true);
        await camera.SeesAsync();
        await UntilAsync(async () => await ScalarAsync("SELECT count(snapshot) FROM cluster_rooms WHERE room = 'written'") is 1L);
        await using (var source = Npgsql.NpgsqlDataSource.Create(pair.Connection))
        await using (Npgsql.NpgsqlConnection connection = await source.OpenConnectionAsync())
        await using (Npgsql.NpgsqlTransaction locking = await connection.BeginTransactionAsync())
        {
            // It can be read, and not be changed.
            await using var command = new Npgsql.NpgsqlCommand("LOCK TABLE cluster_rooms IN EXCLUSIVE MODE", connection, locking);
            await command.ExecuteNonQueryAsync();
            await camera.SayAsync("""{"type":"configure","mode":"privacy"}""");
            await UntilAsync(async () => (await Servers[0].Http.GetStringAsync("/metrics")).Contains(
                "reason=\"cluster\"", StringComparison.Ordinal));
        }

        await UntilAsync(async () => await ScalarAsync(
            "SELECT count(*) FROM cluster_rooms WHERE room = 'written' AND snapshot LIKE '%\"mode\":\"privacy\"%'") is 1L);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(Patience.Time);
        while (!await holds())
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(pair.Connection);
        await using Npgsql.NpgsqlCommand command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private async Task RunAsync(string sql)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(pair.Connection);
        await using Npgsql.NpgsqlCommand command = source.CreateCommand(sql);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
