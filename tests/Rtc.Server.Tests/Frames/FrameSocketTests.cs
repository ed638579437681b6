using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Inference;
using Rtc.Server.Authorization;
using Rtc.Server.Hosting;
using Rtc.Server.Load;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;
using Rtc.Server.Tests.Load;

namespace Rtc.Server.Tests.Frames;

public sealed class FrameSocketTests : IAsyncLifetime
{
    private const int FrameBytes = 200_000;
    private RunningHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RunningHost.StartAsync(Options());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    /// <summary>A picture may be a row of pixels: it is drawn in every way, or refused, and the next one has its turn.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(8192, 2)]
    [InlineData(65500, 1)]
    [InlineData(1, 65500)]
    public async Task Picture_of_any_shape_is_answered(int width, int height)
    {
        await using FrameClient client = await FrameClient.ReadyAsync(_host);
        byte[] odd = FrameClient.Picture(width, height);
        foreach (string mode in (string[])["filled", "contour", "side-by-side", "blend"])
        {
            foreach (string output in (string[])["\"mask\"", "\"picture\",\"format\":\"png\"", "\"picture\",\"format\":\"jpeg\""])
            {
                await client.SendAsync(
                    "{\"type\":\"update_viz\",\"settings\":{\"visualization_mode\":\"" + mode + "\",\"output\":" + output + "}}");
                await client.SendAsync(FrameClient.Frame(odd, 1));
                (WebSocketMessageType Type, byte[] Bytes)? next = await client.NextAsync();
                Assert.True(next is not null, $"{mode} as {output} closed the socket");
                JsonElement answer = JsonDocument.Parse(next.Value.Bytes).RootElement;
                Assert.True(
                    answer.GetProperty("type").GetString() == "segmentation" || answer.GetProperty("recoverable").GetBoolean(),
                    answer.GetRawText());
            }
        }

        await client.SendAsync(FrameClient.Frame(FrameClient.Picture(), 2));
        Assert.Equal(2, (await client.NextAsync("segmentation")).GetProperty("timestamp").GetDouble());
    }

    /// <summary>JSON lets a writer escape any letter: .NET's does so with the plus, Java's often with the equals sign.</summary>
    [Theory]
    [InlineData('+')]
    [InlineData('/')]
    [InlineData('=')]
    [InlineData('A')]
    public async Task Picture_whose_base64_is_escaped_is_read(char letter)
    {
        await using FrameClient client = await FrameClient.ReadyAsync(_host);
        string text = Enumerable.Range(40, 40)
            .Select(width => Convert.ToBase64String(FrameClient.Picture(width)))
            .First(picture => picture.Contains(letter, StringComparison.Ordinal));
        text = $"data:image/jpeg;base64,{text.Insert(76, "\\r\\n")}".Replace($"{letter}", $"\\u{(int)letter:x4}", StringComparison.Ordinal);
        await client.SendAsync($$"""{"type":"frame","timestamp":3,"data":"{{text}}"}""");
        Assert.Equal(3, (await client.NextAsync("segmentation")).GetProperty("timestamp").GetDouble());
    }

    [Fact]
    public async Task Client_is_told_what_there_is_and_gets_a_mask_for_each_frame()
    {
        await using FrameClient client = await FrameClient.OpenAsync(_host);
        JsonElement connected = await client.NextAsync("connected");
        Assert.Equal("ready", connected.GetProperty("status").GetString());
        Assert.Equal(["motion"], connected.GetProperty("available_models").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(
            ["fast", "balanced", "accurate"], connected.GetProperty("unavailable_models").EnumerateObject().Select(one => one.Name));
        Assert.Equal(["background", "moving"], connected.GetProperty("class_labels").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal([128, 0, 0], connected.GetProperty("default_colormap").GetProperty("moving").EnumerateArray()
            .Select(level => level.GetInt32()));

        await client.SendAsync("""{"type":"init","config":{"model_mode":"motion","resolution":{"width":640,"height":480}}}""");
        Assert.Equal("motion", (await client.NextAsync("connected")).GetProperty("model_mode").GetString());
        await client.SendAsync(FrameClient.Frame(FrameClient.Picture(65, 49), 1698765432000));
        JsonElement answer = await client.NextAsync("segmentation");
        Assert.Equal(1698765432000, answer.GetProperty("timestamp").GetDouble());
        byte[] png = answer.GetProperty("data").GetBytesFromBase64();
        Assert.Equal((65, 49), Size(png));
        Assert.Equal(3, png[25]);
        JsonElement facts = answer.GetProperty("metadata");
        Assert.Equal("motion", facts.GetProperty("model_mode").GetString());
        Assert.True(facts.GetProperty("inference_time_ms").GetDouble() > 0);
        Assert.Equal(0, facts.GetProperty("dropped").GetInt32());
        Assert.Equal(0, facts.GetProperty("detected_classes").GetArrayLength());

        await client.SendAsync(FrameClient.Binary(FrameClient.Picture(), 7, 12.5));
        answer = await client.NextAsync("segmentation");
        Assert.Equal((7, 12.5), (answer.GetProperty("id").GetInt32(), answer.GetProperty("timestamp").GetDouble()));
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("data").ValueKind);
        (WebSocketMessageType type, byte[] file) = (await client.NextAsync())!.Value;
        Assert.Equal(WebSocketMessageType.Binary, type);
        Assert.Equal([1, 2, 0, 0, 7, 0, 0, 0], file[..8]);
        Assert.Equal(12.5, BitConverter.ToDouble(file, 8));
        Assert.Equal((64, 48), Size(file[16..]));
    }

    [Theory]
    [InlineData("""{"output":"picture"}""", 3, 64)]
    [InlineData("""{"output":"picture","visualization_mode":"side-by-side"}""", 3, 128)]
    [InlineData("""{"output":"picture","format":"jpeg","visualization_mode":"contour","overlay_opacity":1}""", 1, 64)]
    [InlineData("""{"output":"mask","visualization_mode":"blend","class_filter":["moving"],"colormap":"custom","custom_colormap":{"moving":"#00ff00"}}""", 2, 64)]
    public async Task View_decides_what_comes_back(string settings, int kind, int width)
    {
        await using FrameClient client = await FrameClient.ReadyAsync(_host);
        await client.SendAsync($$"""{"type":"update_viz","settings":{{settings}}}""");
        await client.SendAsync(FrameClient.Binary(FrameClient.Picture(), 1));
        await client.NextAsync("segmentation");
        byte[] file = (await client.NextAsync())!.Value.Bytes;
        Assert.Equal(kind, file[1]);
        if (kind != 1)
        {
            Assert.Equal((width, 48), Size(file[16..]));
        }

        if (kind == 2)
        {
            int palette = file.AsSpan().IndexOf("PLTE"u8) + 4;
            Assert.Equal([0, 255, 0], file[(palette + 3)..(palette + 6)]);
        }
    }

    [Fact]
    public async Task Every_bad_message_gets_its_code_and_the_socket_goes_on()
    {
        await using FrameClient client = await FrameClient.OpenAsync(_host);
        await client.NextAsync("connected");
        byte[] jpeg = FrameClient.Picture();
        await Expect(FrameClient.Frame(jpeg), "NOT_INITIALISED");
        await Expect("""{"type":"change_mode","model_mode":"motion"}""", "NOT_INITIALISED");
        await client.SendAsync(FrameClient.Binary(jpeg, 1));
        await client.ExpectErrorAsync("NOT_INITIALISED");
        await Expect("""{"type":"init","config":{"model_mode":"huge"}}""", "UNKNOWN_MODEL");
        await Expect("""{"type":"init","config":{"model_mode":7}}""", "BAD_MESSAGE");
        await Expect("""{"type":"init","config":[]}""", "BAD_MESSAGE");
        await Expect("""{"type":"init","config":{"resolution":{"width":0,"height":480}}}""", "BAD_SETTING");
        await Expect("""{"type":"init","config":{"resolution":"640x480"}}""", "BAD_SETTING");
        await Expect("""{"type":"init","config":{"resolution":{"width":60000,"height":60000}}}""", "TOO_LARGE");
        await client.SendAsync("""{"type":"init"}""");
        await client.NextAsync("connected");

        string[] noMessages = ["", "{", "[]", "7", "null", "{}", """{"type":5}""", """{"type":"dance"}""", "\ud83d"[..1], "\u0001\u0001", """{"type":"frame"}""", """{"type":"frame","data":5}""", """{"type":"frame","data":"AAAA","timestamp":"now"}""", """{"type":"change_mode"}""", """{"type":"update_viz"}""", """{"type":"update_viz","settings":7}"""];
        foreach (string message in noMessages)
        {
            await Expect(message, "BAD_MESSAGE");
        }

        string[] noSettings =
            ["\"overlay_opacity\":2", "\"overlay_opacity\":\"1\"", "\"visualization_mode\":\"magic\"", "\"class_filter\":\"person\"",
            "\"class_filter\":[1]", "\"colormap\":\"pink\"", "\"custom_colormap\":{\"person\":\"red\"}", "\"custom_colormap\":[]",
            "\"output\":\"video\"", "\"format\":\"gif\""];
        foreach (string setting in noSettings)
        {
            await Expect($$$"""{"type":"update_viz","settings":{{{{setting}}}}}""", "BAD_SETTING");
        }

        await Expect("""{"type":"change_mode","model_mode":"huge"}""", "UNKNOWN_MODEL");
        await Expect("""{"type":"frame","data":"no base64!"}""", "BAD_IMAGE");
        await Expect("""{"type":"frame","data":""}""", "BAD_IMAGE");
        await Expect(FrameClient.Frame([1, 2, 3]), "BAD_IMAGE");
        await Expect(FrameClient.Frame(jpeg[..(jpeg.Length / 2)]), "BAD_IMAGE");
        await Expect(FrameClient.Frame(Resized(jpeg, 16000, 16000)), "TOO_LARGE");
        await Expect(FrameClient.Frame(new byte[FrameBytes + 1]), "TOO_LARGE");
        await client.SendAsync(FrameClient.Binary(new byte[FrameBytes + 1], 1));
        await client.ExpectErrorAsync("TOO_LARGE");
        await client.SendAsync(new byte[20 * 1024 * 1024]);
        await client.ExpectErrorAsync("TOO_LARGE");
        await Expect(new string('x', 20 * 1024 * 1024), "TOO_LARGE");
        byte[][] noFrames =
            [[], [1], [.. FrameClient.Binary(jpeg, 1)[..15]], [2, .. FrameClient.Binary(jpeg, 1)[1..]],
            [1, 2, .. FrameClient.Binary(jpeg, 1)[2..]], [1, 1, 1, .. FrameClient.Binary(jpeg, 1)[3..]],
            FrameClient.Binary(jpeg, 1, double.NaN), System.Text.Encoding.UTF8.GetBytes(FrameClient.Frame(jpeg)), jpeg];
        foreach (byte[] message in noFrames)
        {
            await client.SendAsync(message);
            await client.ExpectErrorAsync("BAD_MESSAGE");
        }

        await client.SendAsync(FrameClient.Binary([], 1));
        await client.ExpectErrorAsync("BAD_IMAGE");
        await client.SendAsync(FrameClient.Frame(jpeg));
        await client.NextAsync("segmentation");

        async Task Expect(string message, string code)
        {
            await client.SendAsync(message);
            await client.ExpectErrorAsync(code);
        }
    }

    [Fact]
    public async Task Profile_without_a_model_is_an_error_and_motion_takes_over()
    {
        await using FrameClient client = await FrameClient.OpenAsync(_host);
        await client.NextAsync("connected");
        await client.SendAsync("""{"type":"init","config":{"model_mode":"accurate"}}""");
        await client.ExpectErrorAsync("MODEL_UNAVAILABLE");
        Assert.Equal("motion", (await client.NextAsync("connected")).GetProperty("model_mode").GetString());
        await client.SendAsync("""{"type":"change_mode","model_mode":"balanced"}""");
        await client.ExpectErrorAsync("MODEL_UNAVAILABLE");
        await client.NextAsync("connected");
        await client.SendAsync(FrameClient.Frame(FrameClient.Picture()));
        Assert.Equal("motion", (await client.NextAsync("segmentation")).GetProperty("metadata").GetProperty("model_mode").GetString());
    }

    [Fact]
    public async Task Newest_frame_wins_and_the_others_are_counted()
    {
        await using RunningHost host = await RunningHost.StartAsync(
            Options(), services: services => services.AddSingleton<IModelHost>(new SlowModels(TimeSpan.FromMilliseconds(100))));
        await using FrameClient client = await FrameClient.ReadyAsync(host);
        const int sent = 40;
        byte[] jpeg = FrameClient.Picture();
        for (uint id = 1; id <= sent; id++)
        {
            await client.SendAsync(FrameClient.Binary(jpeg, id));
        }

        int answers = 0;
        JsonElement answer;
        do
        {
            answer = await client.NextAsync("segmentation");
            await client.NextAsync();
            answers++;
        }
        while (answer.GetProperty("id").GetInt32() < sent);
        Assert.InRange(answers, 1, sent / 2);
        Assert.Equal(sent - answers, answer.GetProperty("metadata").GetProperty("dropped").GetInt32());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Model_that_fails_is_told_for_each_frame(bool throws)
    {
        await using RunningHost host = await RunningHost.StartAsync(
            Options(), services: services => services.AddSingleton<IModelHost>(new SlowModels(TimeSpan.Zero, fails: true, throws)));
        await using FrameClient client = await FrameClient.ReadyAsync(host);
        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync(FrameClient.Frame(FrameClient.Picture()));
            await client.ExpectErrorAsync("INFERENCE_FAILED");
        }
    }

    [Fact]
    public async Task Client_that_does_not_read_loses_its_connection()
    {
        await using FrameClient client = await FrameClient.ReadyAsync(_host);
        await client.SendAsync("""{"type":"update_viz","settings":{"output":"picture"}}""");
        byte[] frame = FrameClient.Binary(File.ReadAllBytes(Noise()), 1);
        var sockets = _host.App.Services.GetRequiredService<Server.Frames.FrameSockets>();
        long began = Environment.TickCount64;
        try
        {
            while (Environment.TickCount64 - began < 30_000)
            {
                await client.SendAsync(frame).WaitAsync(TimeSpan.FromSeconds(20));
            }

            Assert.Fail("it still sends");
        }
        catch (Exception error) when (error is WebSocketException or TimeoutException or OperationCanceledException)
        {
            // The server went away, or takes nothing more before it does.
        }

        while (sockets.Open > 0)
        {
            Assert.True(Environment.TickCount64 - began < 50_000, "the socket is still served");
            await Task.Delay(50);
        }
    }

    [Fact]
    public async Task Server_that_stops_says_so()
    {
        RunningHost host = await RunningHost.StartAsync(Options());
        await using FrameClient client = await FrameClient.ReadyAsync(host);
        Task ending = host.DisposeAsync().AsTask();
        Assert.Null(await client.NextAsync());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.Closed);
        await ending;
    }

    [Fact]
    public async Task Message_flood_is_told_once_and_then_ended()
    {
        await using RunningHost host = await RunningHost.StartAsync(Options(limits => limits with { MessagesPerSecond = 5 }));
        await using FrameClient client = await FrameClient.ReadyAsync(host);
        for (int i = 0; i < 200 && client.Closed is null; i++)
        {
            try
            {
                await client.SendAsync("""{"type":"update_viz","settings":{}}""");
            }
            catch (WebSocketException)
            {
                break;
            }
        }

        await client.ExpectErrorAsync("OVERLOADED");
        Assert.Null(await client.NextAsync());
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, client.Closed);
    }

    [Fact]
    public async Task Sockets_of_one_address_are_limited_and_the_option_is_named()
    {
        await using RunningHost host = await RunningHost.StartAsync(Options(limits => limits with { MaxSocketsPerAddress = 2 }));
        await using FrameClient first = await FrameClient.ReadyAsync(host);
        await using (FrameClient second = await FrameClient.ReadyAsync(host))
        {
            await Assert.ThrowsAsync<WebSocketException>(() => FrameClient.OpenAsync(host));
        }

        while (host.App.Services.GetRequiredService<Server.Frames.FrameSockets>().Open > 1)
        {
            await Task.Delay(20);
        }

        await using FrameClient again = await FrameClient.ReadyAsync(host);
        using HttpResponseMessage plain = await host.Client.GetAsync(new Uri("/ws", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, plain.StatusCode);
        Assert.Equal("application/problem+json", plain.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Tokens_are_asked_for_where_they_are_needed()
    {
        AuthOptions auth = new() { ApiKey = "an-api-key-for-this-test", TokenKey = "a-key-for-tokens-of-thirty-two-characters" };
        await using RunningHost host = await RunningHost.StartAsync(Options() with { Auth = auth });
        string token = host.App.Services.GetRequiredService<Access>().IssueToken("demo", JoinRole.Phone, TimeSpan.FromMinutes(1))!;
        foreach (string query in new[] { "", "token=nonsense" })
        {
            await using FrameClient stranger = await FrameClient.OpenAsync(host, query);
            await stranger.ExpectErrorAsync("UNAUTHORISED");
            Assert.Null(await stranger.NextAsync());
            Assert.Equal(WebSocketCloseStatus.PolicyViolation, stranger.Closed);
        }

        await using FrameClient byQuery = await FrameClient.OpenAsync(host, "token=" + token);
        await byQuery.NextAsync("connected");
        await using FrameClient byHeader = await FrameClient.OpenAsync(host, bearer: token);
        await byHeader.NextAsync("connected");
    }

    [Fact]
    public async Task Server_short_of_memory_takes_no_frames()
    {
        var load = new FakeLoad();
        await using RunningHost host =
            await RunningHost.StartAsync(Options(), services: services => services.AddSingleton<ILoadSources>(load));
        await using FrameClient client = await FrameClient.ReadyAsync(host);
        load.Memory = load.MemoryLimit;
        host.App.Services.GetRequiredService<ServerLoad>().Sample();
        await client.SendAsync(FrameClient.Frame(FrameClient.Picture()));
        await client.ExpectErrorAsync("OVERLOADED");
        await Assert.ThrowsAsync<WebSocketException>(() => FrameClient.OpenAsync(host));
    }

    [Fact]
    public async Task Metrics_tell_of_frames_and_nothing_before_the_first_client()
    {
        string before = await _host.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.DoesNotContain("rtc_frame_socket", before, StringComparison.Ordinal);
        await using FrameClient client = await FrameClient.ReadyAsync(_host);
        await client.SendAsync(FrameClient.Frame(FrameClient.Picture()));
        await client.NextAsync("segmentation");
        await client.SendAsync("{}");
        await client.ExpectErrorAsync("BAD_MESSAGE");
        string after = await _host.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains("rtc_frame_socket_connections 1", after, StringComparison.Ordinal);
        Assert.Contains("rtc_frame_socket_frames_total{outcome=\"answered\"} 1", after, StringComparison.Ordinal);
        Assert.Contains("rtc_frame_socket_errors_total{code=\"BAD_MESSAGE\"} 1", after, StringComparison.Ordinal);
    }

    private static string Noise()
    {
        string file = Path.Combine(Path.GetTempPath(), $"rtc-noise-{Guid.NewGuid():N}.jpg");
        using var pool = new Rtc.Media.PicturePool();
        using Rtc.Media.Picture picture = pool.Rent(640, 480);
        var random = new Random(1);
        for (int y = 0; y < 480; y++)
        {
            random.NextBytes(picture.RowY(y));
        }

        File.WriteAllBytes(file, Rtc.Media.Images.Jpeg.Encode(picture, 30));
        return file;
    }

    private static RtcOptions Options(Func<SegmentationOptions, SegmentationOptions>? change = null)
    {
        var segmentation = new SegmentationOptions { FrameBytes = FrameBytes, SendSeconds = 1, MessagesPerSecond = 10_000 };
        return RunningHost.Options with
        {
            Model = new ModelOptions { Name = "motion", Directory = Path.Combine(Path.GetTempPath(), "rtc-no-models") },
            Segmentation = change?.Invoke(segmentation) ?? segmentation,
        };
    }

    private static (int Width, int Height) Size(byte[] png)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], png[..4]);
        return ((png[18] << 8) | png[19], (png[22] << 8) | png[23]);
    }

    private static byte[] Resized(byte[] jpeg, int width, int height)
    {
        byte[] file = [.. jpeg];
        int frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        (file[frame + 5], file[frame + 6], file[frame + 7], file[frame + 8]) =
            ((byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width);
        return file;
    }
}
