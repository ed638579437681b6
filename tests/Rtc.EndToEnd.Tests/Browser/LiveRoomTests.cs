using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>The whole way in the system's Chromium: a phone films, the server looks, a viewer watches.</summary>
[Collection(LiveCollection.Name)]
public sealed class LiveRoomTests(LiveFixture live, ITestOutputHelper output) : IAsyncLifetime
{
    private readonly List<string> _errors = [];
    private readonly ServerProcess _server = live.Server;
    private IBrowserContext _context = null!;

    public async ValueTask InitializeAsync() => _context = await live.Browser.NewContextAsync();

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        output.WriteLine(_server.Output);
    }

    [Fact]
    public async Task Phone_gets_its_picture_annotated_and_the_viewer_gets_detections()
    {
        IPage phone = await StartPhoneAsync("demo");
        IPage viewer = await PageProbe.OpenAsync(_context, new Uri(_server.Address, "/view?room=demo"), _errors);
        await PageProbe.PlayingAsync(viewer);
        await PageProbe.PlayingAsync(phone);

        // Two pictures half a second apart differ, for the camera's blocks move.
        byte[] first = (await PageProbe.GrabAsync(viewer))!;
        await viewer.WaitForFunctionAsync(
            "(n) => document.querySelector('#picture').getVideoPlaybackQuality().totalVideoFrames > n + 15", await FramesAsync(viewer));
        byte[] second = (await PageProbe.GrabAsync(viewer))!;
        Assert.True(PageProbe.MeanDifference(first, second) > 0.5, "the viewer's picture does not move");

        // Colour can only come from what the server drew: the camera is grey.
        await viewer.WaitForFunctionAsync(
            "() => window.__messages.filter((m) => m.includes('\"detections\":[{')).length > 60", null,
            new PageWaitForFunctionOptions { Timeout = Patience.Ms });
        byte[] drawn = (await PageProbe.GrabAsync(viewer, 320))!;
        Assert.True(PageProbe.Coloured(drawn) > 30, "no box was drawn into the viewer's picture");
        Assert.True(
            PageProbe.Coloured((await PageProbe.GrabAsync(phone, 320))!) > 30, "no box was drawn into the phone's returned picture");

        await viewer.WaitForFunctionAsync(PersistsOver50, null, new PageWaitForFunctionOptions { Timeout = Patience.Ms });
        JsonElement[] detections = await PageProbe.DetectionsAsync(viewer);
        AssertSchema(detections.Last());
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task The_room_is_on_the_home_page_with_its_picture()
    {
        await StartPhoneAsync("shown");
        IPage home = await PageProbe.OpenAsync(_context, _server.Address, _errors);
        await home.WaitForFunctionAsync(
            "() => document.querySelector('[data-room=shown] img')?.naturalWidth > 0", null,
            new PageWaitForFunctionOptions { Timeout = Patience.Ms });
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task Late_viewer_sees_a_picture_soon()
    {
        await StartPhoneAsync("late");
        IPage early = await PageProbe.OpenAsync(_context, new Uri(_server.Address, "/view?room=late"), _errors);
        await PageProbe.PlayingAsync(early);

        IPage late = await PageProbe.OpenAsync(_context, new Uri(_server.Address, "/view?room=late"), _errors);
        await late.WaitForFunctionAsync("() => window.__peers.length > 0 && window.__peers[0].connectionState === 'connected'");
        long connected = Stopwatch.GetTimestamp();
        await late.WaitForFunctionAsync("() => document.querySelector('#picture').videoWidth > 0");
        TimeSpan took = Stopwatch.GetElapsedTime(connected);
        output.WriteLine($"first picture {took.TotalMilliseconds:0} ms after the connection");

        // The camera's browser makes a key frame only when it is asked: without the viewer's asking there is no end to the wait.
        Assert.True(took < TimeSpan.FromSeconds(5), $"the first picture took {took.TotalMilliseconds:0} ms");
    }

    [Fact]
    public async Task Closing_the_phones_page_frees_the_room()
    {
        IPage phone = await StartPhoneAsync("brief");
        await PageProbe.PlayingAsync(phone);
        Assert.Contains("\"brief\"", await _server.Http.GetStringAsync("/api/rooms"), StringComparison.Ordinal);

        await phone.CloseAsync(new PageCloseOptions { RunBeforeUnload = false });
        await EventuallyAsync(async () => !(await _server.Http.GetStringAsync("/api/rooms"))
            .Contains("\"brief\"", StringComparison.Ordinal), Patience.Time, "the room stays in /api/rooms");
    }

    [Fact]
    public async Task Bad_message_gets_a_notice_and_disturbs_no_other_client()
    {
        IPage phone = await StartPhoneAsync("bad");
        await PageProbe.PlayingAsync(phone);
        IPage other = await PageProbe.OpenAsync(_context, new Uri(_server.Address, "/view?room=bad"), _errors);
        await PageProbe.PlayingAsync(other);

        // A hub message of 10 MB closes that connection alone.
        string outcome = await other.EvaluateAsync<string>("""
            async () => {
              const hub = new signalR.HubConnectionBuilder().withUrl('/hub').configureLogging(signalR.LogLevel.None).build();
              await hub.start();
              try { await hub.invoke('Join', { room: 'x'.repeat(10_000_000), role: 'viewer' }); return 'taken'; } catch (e) { return 'refused'; }
            }
            """);
        Assert.Equal("refused", outcome);

        string named = await other.EvaluateAsync<string>("""
            async () => {
              const hub = new signalR.HubConnectionBuilder().withUrl('/hub').configureLogging(signalR.LogLevel.None).build();
              await hub.start();
              try { await hub.invoke('Join', { room: '../../etc <b>', role: 'viewer' }); return 'taken'; } catch (e) { await hub.stop(); return e.message; }
            }
            """);
        Assert.Contains("bad_room", named, StringComparison.Ordinal);

        long before = await FramesAsync(phone);
        await phone.WaitForFunctionAsync(
            "(n) => document.querySelector('#picture').getVideoPlaybackQuality().totalVideoFrames > n + 10", before);
    }

    [Theory]
    [InlineData("this is no session description", "bad_sdp")]
    [InlineData(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:111 "
            + "opus/48000/2\r\na=mid:0\r\n",
        null)]
    public async Task A_bad_offer_is_refused_in_words(string sdp, string? code)
    {
        using var content = new StringContent(sdp);
        content.Headers.ContentType = new("application/sdp");
        using HttpResponseMessage response = await _server.Http.PostAsync("/whip/refused", content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        JsonElement problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        if (code is not null)
        {
            Assert.Equal(code, problem.GetProperty("title").GetString());
        }

        Assert.DoesNotContain("\"refused\"", await _server.Http.GetStringAsync("/api/rooms"), StringComparison.Ordinal);
    }

    private async Task<IPage> StartPhoneAsync(string room)
    {
        IPage phone = await PageProbe.OpenAsync(_context, new Uri(_server.Address, $"/phone?room={room}"), _errors);
        await phone.ClickAsync("#start");
        return phone;
    }

    private static Task<long> FramesAsync(IPage page) =>
        page.EvaluateAsync<long>("() => document.querySelector('#picture').getVideoPlaybackQuality().totalVideoFrames");

    private static async Task EventuallyAsync(Func<Task<bool>> condition, TimeSpan limit, string failure)
    {
        long began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < limit, failure);
            await Task.Delay(50);
        }
    }

    private static void AssertSchema(JsonElement message)
    {
        Assert.Equal("demo", message.GetProperty("room").GetString());
        Assert.True(message.GetProperty("frame_id").GetInt64() > 0);
        message.GetProperty("rtp_timestamp").GetUInt32();
        Assert.True(message.TryGetProperty("capture_ts", out _));
        Assert.True(message.GetProperty("inference_ts").GetDouble() >= message.GetProperty("recv_ts").GetDouble());

        // A browser that lacks a processor sends smaller pictures for a while, of the same shape.
        int width = message.GetProperty("width").GetInt32();
        Assert.InRange(width, 160, 640);
        Assert.Equal(width * 3, message.GetProperty("height").GetInt32() * 4);
        Assert.Equal("motion", message.GetProperty("model").GetString());
        Assert.Equal("embedded", message.GetProperty("provider").GetString());
        Assert.Contains(message.GetProperty("level").GetString(), (string[])["optimal", "moderate", "high", "critical"]);
        Assert.True(message.TryGetProperty("target_id", out _));
        Assert.True(message.TryGetProperty("mask", out _));
        foreach (string name in (string[])["queue", "detect", "track", "mask"])
        {
            Assert.True(message.GetProperty("timings_ms").GetProperty(name).GetDouble() >= 0);
        }

        foreach (JsonElement seen in message.GetProperty("detections").EnumerateArray())
        {
            Assert.True(seen.GetProperty("track_id").GetInt32() > 0);
            Assert.Equal("moving", seen.GetProperty("label").GetString());
            Assert.InRange(seen.GetProperty("score").GetDouble(), 0, 1);
            Assert.True(seen.GetProperty("xmax").GetDouble() > seen.GetProperty("xmin").GetDouble());
            Assert.True(seen.GetProperty("ymax").GetDouble() > seen.GetProperty("ymin").GetDouble());
            seen.GetProperty("predicted").GetBoolean();
        }
    }

    /// <summary>Some id is in 50 messages one after the other.</summary>
    private const string PersistsOver50 = """
        () => {
          const runs = new Map();
          for (const text of window.__messages) {
            const message = JSON.parse(text);
            if (message.type !== 'detections') continue;
            const ids = new Set(message.detections.map((d) => d.track_id));
            for (const id of runs.keys()) if (!ids.has(id)) runs.delete(id);
            for (const id of ids) {
              runs.set(id, (runs.get(id) ?? 0) + 1);
              if (runs.get(id) >= 50) return true;
            }
          }
          return false;
        }
        """;
}
