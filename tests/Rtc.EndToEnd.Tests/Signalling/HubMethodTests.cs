using System.Text.Json;
using System.Text.Json.Nodes;
using Rtc.Bench;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>Every method of the hub, with what belongs there and with what doesn't, on a running server.</summary>
public sealed class HubMethodTests(SignallingServer server) : IClassFixture<SignallingServer>
{
    private ServerProcess Server => server.Process;

    [Fact]
    public async Task A_join_is_answered_with_all_that_a_client_needs()
    {
        await using HubClient client = await HubClient.OpenAsync(Server);
        HubAnswer joined = await client.JoinAsync("complete", "phone");

        Assert.Null(joined.Error);
        Assert.Equal(24, joined.Result.GetProperty("peer_id").GetString()!.Length);
        Assert.Equal(32, joined.Result.GetProperty("resume").GetString()!.Length);
        Assert.False(joined.Result.GetProperty("resumed").GetBoolean());
        Assert.Equal(JsonValueKind.Array, joined.Result.GetProperty("ice_servers").ValueKind);
        Assert.Equal("annotate", joined.Result.GetProperty("settings").GetProperty("mode").GetString());
        Assert.Contains(
            joined.Result.GetProperty("models").EnumerateArray(), model => model.GetProperty("name").GetString() == "yolox-nano");
        JsonElement peers = await client.PushedAsync("peers", body => body.GetProperty("phones").GetInt32() == 1);
        Assert.Equal(0, peers.GetProperty("viewers").GetInt32());
        Assert.Equal("complete", (await client.PushedAsync("stats")).GetProperty("room").GetString());
    }

    [Fact]
    public async Task Phone_over_whip_asks_for_classes_and_every_result_has_them()
    {
        await using HubClient watcher = await HubClient.OpenAsync(Server);
        await watcher.JoinAsync("classes");
        using var http = new HttpClient();
        await using BenchPhone phone = await MediaClient.PublishAsync(Server, http, "classes?mode=segment");
        JsonElement seen = await watcher.PushedAsync(
            "detections", body => body.TryGetProperty("classes", out JsonElement classes) && classes.GetArrayLength() > 0);
        JsonElement moving = seen.GetProperty("classes")[0];
        Assert.Equal("moving", moving.GetProperty("label").GetString());
        Assert.InRange(moving.GetProperty("coverage").GetDouble(), 0.0005, 1);
        Assert.Equal([128, 0, 0], moving.GetProperty("color").EnumerateArray().Select(level => level.GetInt32()));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("-")]
    [InlineData("_.")]
    [InlineData("A-b_c.9")]
    [InlineData("a..b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public async Task An_odd_room_name_is_a_name(string room)
    {
        await using HubClient client = await HubClient.OpenAsync(Server);

        Assert.Null((await client.JoinAsync(room)).Error);
        Assert.Equal(room, (await Server.RoomAsync(room)).GetProperty("room").GetString());
    }

    [Theory]
    [InlineData("{}", "bad_room")]
    [InlineData("""{"room":null,"role":"viewer"}""", "bad_room")]
    [InlineData("""{"room":"","role":"viewer"}""", "bad_room")]
    [InlineData("""{"room":".","role":"viewer"}""", "bad_room")]
    [InlineData("""{"room":"..","role":"viewer"}""", "bad_room")]
    [InlineData("""{"room":".hidden","role":"viewer"}""", "bad_room")]
    [InlineData("""{"room":"a/b","role":"viewer"}""", "bad_room")]
    [InlineData("""{"room":"../../etc/passwd","role":"viewer"}""", "bad_room")]
    [InlineData("""{"room":"a b","role":"viewer"}""", "bad_room")]
    [InlineData("""{"room":"a\nb","role":"viewer"}""", "bad_room")]
    [InlineData("""{"room":"a\u0000","role":"viewer"}""", "bad_room")]
    [InlineData("""{"room":"$(id)","role":"viewer"}""", "bad_room")]
    [InlineData("""{"room":"<b>","role":"viewer"}""", "bad_room")]
    [InlineData("""{"room":"größe","role":"viewer"}""", "bad_room")]
    [InlineData("""{"room":"\ud83d\ude00","role":"viewer"}""", "bad_room")]
    [InlineData("""{"room":"01234567890123456789012345678901234567890123456789012345678901234","role":"viewer"}""", "bad_room")]
    [InlineData("""{"room":"good"}""", "bad_role")]
    [InlineData("""{"room":"good","role":"admin"}""", "bad_role")]
    [InlineData("""{"room":"good","role":"Phone"}""", "bad_role")]
    [InlineData("""{"room":"good","role":"viewer","view":"x"}""", "bad_view")]
    [InlineData("""{"room":5,"role":"viewer"}""", "bad_request")]
    [InlineData("""{"room":["good"],"role":"viewer"}""", "bad_request")]
    [InlineData("""{"room":"good","role":{}}""", "bad_request")]
    [InlineData("""{"room":"good","role":"viewer","name":7}""", "bad_request")]
    [InlineData("\"good\"", "bad_request")]
    [InlineData("7", "bad_request")]
    [InlineData("null", "bad_room")]
    [InlineData("", "bad_request")]
    [InlineData("""{"room":"good","role":"viewer"},{}""", "bad_request")]
    public async Task A_bad_join_is_refused_by_name_and_leaves_the_connection_usable(string argument, string code)
    {
        await using HubClient client = await HubClient.OpenAsync(Server);

        HubAnswer refused = await client.CallRawAsync("Join", $"[{argument}]");

        Assert.Equal(code, refused.Code);
        Assert.Null((await client.JoinAsync("after-bad")).Error);
        Assert.DoesNotContain(await Server.RoomsAsync(), room => room.GetProperty("room").GetString() == "good");
    }

    [Fact]
    public async Task Names_are_told_to_the_room_without_what_no_name_holds()
    {
        await using HubClient watcher = await HubClient.OpenAsync(Server);
        await watcher.CallRawAsync("Join", """[{"room":"names","role":"viewer"}]""");
        await using HubClient named = await HubClient.OpenAsync(Server);
        await named.CallRawAsync(
            "Join", """[{"room":"names","role":"phone","name":"Ada\u0000\u001b[31m 0123456789012345678901234567890123456789"}]""");

        JsonElement peers = await watcher.PushedAsync("peers", body => body.GetProperty("named").GetArrayLength() == 1);

        Assert.Equal("Ada[31m 01234567890123456789012345678901", peers.GetProperty("named")[0].GetProperty("name").GetString());
        Assert.Equal("phone", peers.GetProperty("named")[0].GetProperty("role").GetString());
    }

    [Fact]
    public async Task What_a_join_does_not_know_it_ignores()
    {
        await using HubClient client = await HubClient.OpenAsync(Server);

        Assert.Null(
            (await client
                .CallRawAsync(
                    "Join",
                    """[{"room":"unknown-fields","role":"viewer","resume":"never given","colour":"blue","name":"\u0007 <script>\u001b[31m"}]""")).Error);
        Assert.DoesNotContain("script", Server.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Offer", "{}")]
    [InlineData("Candidate", "{}")]
    [InlineData("Restart", "")]
    [InlineData("Select", """{"x":0.5,"y":0.5}""")]
    [InlineData("Release", "")]
    [InlineData("Configure", "{}")]
    public async Task Before_a_join_and_after_leaving_nothing_else_is_done(string method, string argument)
    {
        await using HubClient client = await HubClient.OpenAsync(Server);
        Assert.Equal("not_joined", (await client.CallRawAsync(method, $"[{argument}]")).Code);

        Assert.Null((await client.CallRawAsync("Leave", "[]")).Error);
        Assert.Null((await client.JoinAsync("short-stay")).Error);
        Assert.Null((await client.CallRawAsync("Leave", "[]")).Error);
        Assert.Equal("not_joined", (await client.CallRawAsync(method, $"[{argument}]")).Code);
        Assert.Null((await client.CallRawAsync("Leave", "[]")).Error);
    }

    [Fact]
    public async Task Second_join_leaves_the_first_place()
    {
        await using HubClient client = await HubClient.OpenAsync(Server);
        await client.JoinAsync("first-of-two", "phone");
        HubAnswer second = await client.JoinAsync("second-of-two", "phone");

        Assert.Null(second.Error);
        await Server.UntilNoRoomAsync("first-of-two");
        Assert.Equal(1, (await Server.RoomAsync("second-of-two")).GetProperty("phones").GetInt32());
    }

    [Fact]
    public async Task A_refused_second_join_costs_the_first_place()
    {
        await using HubClient client = await HubClient.OpenAsync(Server);
        await client.JoinAsync("given-up", "phone");

        Assert.Equal("bad_room", (await client.JoinAsync("no/room")).Code);
        Assert.Equal("not_joined", (await client.CallAsync("Release")).Code);
        await Server.UntilNoRoomAsync("given-up");
    }

    [Theory]
    [InlineData("""{}""", "bad_sdp")]
    [InlineData("""{"sdp":null}""", "bad_sdp")]
    [InlineData("""{"sdp":""}""", "bad_sdp")]
    [InlineData("""{"sdp":"   "}""", "bad_sdp")]
    [InlineData("""{"sdp":"nonsense"}""", "bad_sdp")]
    [InlineData("""{"sdp":"v=0\r\n"}""", "bad_sdp")]
    [InlineData("""{"sdp":5}""", "bad_request")]
    [InlineData("""{"sdp":{"type":"offer"}}""", "bad_request")]
    [InlineData("null", "bad_sdp")]
    [InlineData("", "bad_request")]
    public async Task A_bad_offer_is_refused_and_a_good_one_taken_after(string argument, string code)
    {
        await using HubClient client = await HubClient.OpenAsync(Server);
        await client.JoinAsync("offers");

        Assert.Equal(code, (await client.CallRawAsync("Offer", $"[{argument}]")).Code);
        Assert.StartsWith("v=0", await AnswerAsync(client, Offers.Viewer()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_phone_without_video_is_refused()
    {
        await using HubClient client = await HubClient.OpenAsync(Server);
        await client.JoinAsync("no-camera", "phone");

        Assert.Equal("no_video", (await client.CallAsync("Offer", new JsonObject { ["sdp"] = Offers.DataOnly() })).Code);
        Assert.StartsWith("v=0", await AnswerAsync(client, Offers.Phone()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_description_that_is_too_long_is_refused_with_the_limit()
    {
        await using HubClient client = await HubClient.OpenAsync(Server);
        await client.JoinAsync("long-offer");

        HubAnswer refused = await client.CallAsync("Offer", new JsonObject { ["sdp"] = new string('x', (128 * 1024) + 1) });

        Assert.Equal("sdp_too_large", refused.Code);
        Assert.Contains("Limits:SdpBytes", refused.Error, StringComparison.Ordinal);
        Assert.StartsWith("v=0", await AnswerAsync(client, Offers.Viewer()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repeated_offer_keeps_the_connection_or_begins_one_after_a_restart()
    {
        await using HubClient client = await HubClient.OpenAsync(Server);
        await client.JoinAsync("again");
        string offer = Offers.Viewer();

        string first = await AnswerAsync(client, offer);
        string second = await AnswerAsync(client, offer);
        Assert.Null((await client.CallAsync("Restart")).Error);
        string third = await AnswerAsync(client, offer);

        Assert.Equal(Offers.Line(first, "a=ice-ufrag:"), Offers.Line(second, "a=ice-ufrag:"));
        Assert.NotEqual(Offers.Line(first, "a=ice-ufrag:"), Offers.Line(third, "a=ice-ufrag:"));
        Assert.Null((await client.CallAsync("Restart")).Error);
        Assert.Null((await client.CallAsync("Restart")).Error);
    }

    [Theory]
    [InlineData("""{"candidate":"candidate:1 1 udp 2130706431 127.0.0.1 9 typ host","sdp_mid":"0"}""", null)]
    [InlineData("""{"candidate":"candidate:1 1 udp 2130706431 host.local 9 typ host"}""", null)]
    [InlineData("""{"candidate":"","sdp_mid":"0"}""", null)]
    [InlineData("""{}""", null)]
    [InlineData("null", null)]
    [InlineData("""{"candidate":"candidate:nonsense"}""", "bad_candidate")]
    [InlineData("""{"candidate":"candidate:1 1 udp 2130706431 127.0.0.1 70000 typ host"}""", "bad_candidate")]
    [InlineData("""{"candidate":7}""", "bad_request")]
    [InlineData("""{"candidate":"","sdp_mid":[]}""", "bad_request")]
    public async Task A_candidate_is_taken_or_named(string argument, string? code)
    {
        await using HubClient client = await HubClient.OpenAsync(Server);
        await client.JoinAsync("candidates");
        Assert.Equal(
            "no_offer", (await client.CallRawAsync("Candidate", """[{"candidate":"candidate:1 1 udp 1 127.0.0.1 9 typ host"}]""")).Code);
        await AnswerAsync(client, Offers.Viewer());

        Assert.Equal(code, (await client.CallRawAsync("Candidate", $"[{argument}]")).Code);
        Assert.Null((await client.CallAsync("Release")).Error);
    }

    [Theory]
    [InlineData("""{"x":0,"y":1}""", null)]
    [InlineData("""{"x":0.25,"y":0.75}""", null)]
    [InlineData("""{"x":0.5}""", "bad_value")]
    [InlineData("""{}""", "bad_value")]
    [InlineData("null", "bad_value")]
    [InlineData("""{"x":-0.01,"y":0.5}""", "bad_value")]
    [InlineData("""{"x":1.01,"y":0.5}""", "bad_value")]
    [InlineData("""{"x":1e39,"y":0.5}""", "bad_value")]
    [InlineData("""{"x":"0.5","y":0.5}""", "bad_request")]
    [InlineData("""{"x":true,"y":0.5}""", "bad_request")]
    [InlineData("""[0.5,0.5]""", "bad_request")]
    public async Task A_selection_lies_within_the_picture(string argument, string? code)
    {
        await using HubClient client = await HubClient.OpenAsync(Server);
        await client.JoinAsync("selections");

        Assert.Equal(code, (await client.CallRawAsync("Select", $"[{argument}]")).Code);
        Assert.Null((await client.CallAsync("Release")).Error);
    }

    [Theory]
    [InlineData("""{"mode":"upside-down"}""", "bad_value")]
    [InlineData("""{"model":"../../weights"}""", "bad_value")]
    [InlineData("""{"confidence":0}""", "bad_value")]
    [InlineData("""{"confidence":1.5}""", "bad_value")]
    [InlineData("""{"blur":-1}""", "bad_value")]
    [InlineData("""{"classes":[""]}""", "bad_value")]
    [InlineData("""{"detect_every":0}""", "bad_value")]
    [InlineData("""{"mask_every":100000}""", "bad_value")]
    [InlineData("""{"alignment":"sideways"}""", "bad_value")]
    [InlineData("""{"zones":[{"name":"x","points":[[0,0]]}]}""", "bad_value")]
    [InlineData("""{"mode":"plain","confidence":2}""", "bad_value")]
    [InlineData("""{"mode":5}""", "bad_request")]
    [InlineData("""{"confidence":"0.5"}""", "bad_request")]
    [InlineData("""{"detect_every":1.5}""", "bad_request")]
    [InlineData("""{"classes":"person"}""", "bad_request")]
    [InlineData("""{"zones":[[0,0]]}""", "bad_request")]
    public async Task A_bad_setting_is_named_and_changes_nothing(string argument, string code)
    {
        await using HubClient client = await HubClient.OpenAsync(Server);
        string before = (await client.JoinAsync("bad-settings")).Result.GetProperty("settings").GetRawText();

        Assert.Equal(code, (await client.CallRawAsync("Configure", $"[{argument}]")).Code);

        await using HubClient other = await HubClient.OpenAsync(Server);
        Assert.Equal(before, (await other.JoinAsync("bad-settings")).Result.GetProperty("settings").GetRawText());
        Assert.False(client.Heard("settings"));
    }

    [Fact]
    public async Task A_setting_reaches_everybody_in_the_room_and_nobody_elsewhere()
    {
        await using HubClient one = await HubClient.OpenAsync(Server);
        await using HubClient two = await HubClient.OpenAsync(Server);
        await using HubClient stranger = await HubClient.OpenAsync(Server);
        await one.JoinAsync("settings", "phone");
        await two.JoinAsync("settings");
        await stranger.JoinAsync("other-settings");

        Assert.Null(
            (await one
                .CallRawAsync(
                    "Configure", """[{"mode":"focus","blur":0.5,"classes":["person"],"detect_every":3,"colour":"blue"}]""")).Error);

        foreach (HubClient member in (HubClient[])[one, two])
        {
            JsonElement settings = await member.PushedAsync("settings");
            Assert.Equal("focus", settings.GetProperty("mode").GetString());
            Assert.Equal(0.5, settings.GetProperty("blur").GetDouble());
            Assert.Equal(3, settings.GetProperty("detect_every").GetInt32());
        }

        await stranger.PushedAsync("stats");
        Assert.False(stranger.Heard("settings"));
    }

    [Fact]
    public async Task An_unknown_method_is_said_to_be_unknown()
    {
        await using HubClient client = await HubClient.OpenAsync(Server);

        Assert.Contains("not exist", (await client.CallAsync("Shutdown")).Error, StringComparison.Ordinal);
        Assert.Contains("not exist", (await client.CallAsync("OnDisconnectedAsync", (JsonNode?)null)).Error, StringComparison.Ordinal);
        Assert.Null((await client.JoinAsync("after-unknown")).Error);
    }

    [Theory]
    [InlineData("this is no JSON")]
    [InlineData("{\"type\":1")]
    [InlineData("[]")]
    [InlineData("""{"type":"one"}""")]
    [InlineData("""{"type":1,"target":null,"arguments":[]}""")]
    public async Task What_is_no_record_ends_that_connection_alone(string record)
    {
        await using HubClient neighbour = await HubClient.OpenAsync(Server);
        await neighbour.JoinAsync("neighbours");
        await using HubClient client = await HubClient.OpenAsync(Server);
        await client.JoinAsync("neighbours");

        await client.SendRecordAsync(record);

        await client.Closed;
        Assert.Null((await neighbour.CallAsync("Release")).Error);
        await neighbour.PushedAsync("peers", body => body.GetProperty("viewers").GetInt32() == 1);
    }

    [Theory]
    [InlineData("""{"protocol":"messagepack","version":1}""")]
    [InlineData("""{"protocol":"json","version":99}""")]
    [InlineData("""{"hello":"world"}""")]
    [InlineData("GET / HTTP/1.1")]
    public async Task A_handshake_that_is_none_is_the_last_that_is_heard(string handshake)
    {
        await using HubClient client = await HubClient.OpenSilentAsync(Server);

        await client.SendRecordAsync(handshake);

        await client.Closed;
    }

    private static async Task<string> AnswerAsync(HubClient client, string offer)
    {
        HubAnswer answer = await client.CallAsync("Offer", new JsonObject { ["sdp"] = offer });
        Assert.Null(answer.Error);
        return answer.Result.GetProperty("sdp").GetString()!;
    }
}
