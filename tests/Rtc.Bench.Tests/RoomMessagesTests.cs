using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Peer;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Xunit;

namespace Rtc.Bench.Tests;

/// <summary>What a client of the data channel can ask of a room that films two things that move.</summary>
public sealed class RoomMessagesTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Two_objects_are_in_focus_counted_and_on_the_heat_map()
    {
        await using TestHost host = await TestHost.StartAsync();
        using var http = new HttpClient();
        var plan = new PhonePlan { Width = 320, Height = 240, FramesPerSecond = 30, Codec = VideoCodec.Vp8, BitrateKbps = 800 };
        var recorder = new Recorder();
        var client = new BenchClient(
            http, recorder, new OfferPlan { Video = [MediaDirection.SendReceive], DataChannel = true }, NullLoggerFactory.Instance);
        await using var phone = new BenchPhone(plan, client, new Clip(plan.Width, plan.Height));
        recorder.To = phone;
        await client.ConnectAsync(new Uri(host.Address, "/whip/two?mode=annotate"));
        Assert.True(await phone.StartAsync(s_limit));

        JsonElement both = await recorder.UntilAsync("detections", message => message.GetProperty("detections").GetArrayLength() >= 2);
        client.SendText("""{"type":"configure","zones":[{"name":"all","points":[[0,0],[1,0],[1,1],[0,1]]}]}""");
        client.SendText(Select(both.GetProperty("detections")[0], 0));
        client.SendText(Select(both.GetProperty("detections")[1], 1));
        JsonElement held = await recorder.UntilAsync("detections", message =>
            message.GetProperty("target_id").ValueKind == JsonValueKind.Number
                && message.GetProperty("second_target_id").ValueKind == JsonValueKind.Number);
        Assert.NotEqual(held.GetProperty("target_id").GetInt32(), held.GetProperty("second_target_id").GetInt32());

        JsonElement stats = await recorder.UntilAsync("stats", message =>
            message.GetProperty("zones") is { ValueKind: JsonValueKind.Array } zones && zones.GetArrayLength() == 1
                && zones[0].GetProperty("inside").GetInt32() >= 1);
        Assert.Equal("all", stats.GetProperty("zones")[0].GetProperty("name").GetString());
        Assert.True(stats.GetProperty("zones")[0].GetProperty("entered").GetInt64() >= 1);

        client.SendText("""{"type":"select","x":0.5,"y":0.5,"slot":2}""");
        JsonElement refused = await recorder.UntilAsync("notice", message => message.GetProperty("code").GetString() == "bad_value");
        Assert.Contains("slot", refused.GetProperty("message").GetString(), StringComparison.Ordinal);

        byte[] heat = await http.GetByteArrayAsync(new Uri(host.Address, "/api/rooms/two/heat.png"));
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], heat[..4]);
        using HttpResponseMessage none = await http.GetAsync(new Uri(host.Address, "/api/rooms/nowhere/heat.png"));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, none.StatusCode);
    }

    private static string Select(JsonElement box, int slot)
    {
        double x = (box.GetProperty("xmin").GetDouble() + box.GetProperty("xmax").GetDouble()) / 2;
        double y = (box.GetProperty("ymin").GetDouble() + box.GetProperty("ymax").GetDouble()) / 2;
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $$"""{"type":"select","x":{{x}},"y":{{y}},"slot":{{slot}}}""");
    }

    /// <summary>Passes all on to the phone and keeps the messages.</summary>
    private sealed class Recorder : IBenchListener
    {
        private readonly ConcurrentQueue<JsonElement> _messages = new();

        public BenchPhone To { get; set; } = null!;

        public async Task<JsonElement> UntilAsync(string type, Func<JsonElement, bool> wanted)
        {
            long end = Environment.TickCount64 + (long)s_limit.TotalMilliseconds;
            var seen = new StringBuilder();
            while (Environment.TickCount64 < end)
            {
                while (_messages.TryDequeue(out JsonElement message))
                {
                    if (message.GetProperty("type").GetString() == type && wanted(message))
                    {
                        return message;
                    }

                    seen.Clear().Append(message.GetRawText());
                }

                await Task.Delay(10);
            }

            throw new TimeoutException($"no such {type}; the last message: {seen}");
        }

        public void OnConnected() => To.OnConnected();

        public void OnFrame(EncodedFrame frame) => To.OnFrame(frame);

        public void OnMessage(ReadOnlySpan<byte> utf8)
        {
            _messages.Enqueue(JsonDocument.Parse(utf8.ToArray()).RootElement);
            To.OnMessage(utf8);
        }

        public void OnKeyFrameNeeded() => To.OnKeyFrameNeeded();

        public void OnBitrate(Bitrate bitrate) => To.OnBitrate(bitrate);

        public void OnClosed(string reason) => To.OnClosed(reason);
    }
}
