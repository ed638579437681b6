using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Bench;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Peer;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>What a room's pictures take in the server's memory, against what it counts for them (RTC_LONG=1).</summary>
[Collection(AloneCollection.Name)]
public sealed class ResidentPictureTests(ITestOutputHelper output)
{
    private const int Pictures = 5;
    private static readonly TimeSpan s_film = TimeSpan.FromSeconds(8);

    private static readonly (int Width, int Height)[] s_sizes = [(640, 480), (1280, 720), (1920, 1080), (4096, 2304)];

    [Theory]
    [InlineData(VideoCodec.Vp8, "privacy", false)]
    [InlineData(VideoCodec.Vp8, "focus_annotate", false)]
    [InlineData(VideoCodec.H264, "privacy", false)]
    [InlineData(VideoCodec.H264, "focus_annotate", false)]
    [InlineData(VideoCodec.Vp8, "focus_annotate", true)]
    public async Task Room_takes_no_more_memory_than_is_counted_for_it(VideoCodec format, string mode, bool mixed)
    {
        Assert.SkipUnless(LongRun.IsWanted, "RTC_LONG is not set");
        Assert.SkipUnless(VideoCodecs.IsUsable(VideoCodec.H264), "no H.264 here");
        VideoCodec[] viewers = mixed ? [VideoCodec.Vp8, VideoCodec.H264] : [format == VideoCodec.H264 ? VideoCodec.H264 : VideoCodec.Vp8];
        foreach ((int width, int height) in s_sizes)
        {
            await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion"], new Dictionary<string, string>
            {
                ["RTC__Limits__MaxPixels"] = (4096 * 2304).ToString(CultureInfo.InvariantCulture),
            });
            await FilmAsync(server, format, mode, viewers, 320, 240);
            double before = server.ResidentMegabytes();
            double most = await FilmAsync(server, format, mode, viewers, width, height);
            double counted = PictureMemory.ShareOf(width * height) / 1048576.0;
            double perPixel = (most - before) * (1 << 20) / (width * height);
            output.WriteLine(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{format} {mode}{(mixed ? " mixed" : "")} {width}x{height}: {before:F0} -> {most:F0} MiB, {most - before:F0} more, "
                    + $"{perPixel:F1} bytes a pixel; counted {counted:F0}"));
            Assert.True(most - before <= counted * (mixed ? 1.5 : 1.2), $"{width}x{height}: {most - before:F0} MiB, counted {counted:F0}");
        }
    }

    /// <summary>The highest resident memory while a camera of this size films.</summary>
    private static async Task<double> FilmAsync(
        ServerProcess server, VideoCodec format, string mode, VideoCodec[] codecs, int width, int height)
    {
        byte[][] pictures = Code(format, width, height);
        string room = $"size-{width}";
        using var http = new HttpClient { Timeout = Patience.Time };
        await using HubClient hub = await HubClient.OpenAsync(server);
        await hub.JoinAsync(room);
        await hub.CallRawAsync("Configure", $$"""[{"mode":"{{mode}}"}]""");
        await using var camera = new BenchClient(
            http, new Silent(), new OfferPlan { Video = [MediaDirection.SendOnly] }, NullLoggerFactory.Instance);
        await camera.ConnectAsync(new Uri(server.Address, $"/whip/{room}"));
        BenchViewer[] viewers = await Task.WhenAll(codecs.Select(codec => MediaClient.WatchAsync(server, http, room, "annotated", codec)));
        double most = 0;
        for (int round = 0; round < s_film.TotalMilliseconds / 200; round++)
        {
            EncodedFrame frame = EncodedFramePool.Shared.Rent();
            frame.Codec = format == VideoCodec.H264 ? VideoCodec.H264 : VideoCodec.Vp8;
            frame.RtpTimestamp = (uint)(round * 18_000);
            frame.IsKey = true;
            frame.Append(pictures[round % Pictures]);
            camera.Send(frame);
            if (round % 10 == 5)
            {
                await hub.CallAsync("Select", new JsonObject { ["x"] = 0.5, ["y"] = 0.5 });
            }

            await Task.Delay(200);
            most = Math.Max(most, server.ResidentMegabytes());
        }

        Assert.All(viewers, viewer => Assert.True(viewer.Frames > 3, $"only {viewer.Frames} pictures came back"));
        await Task.WhenAll(viewers.Select(viewer => viewer.DisposeAsync().AsTask()));
        return most;
    }

    private static byte[][] Code(VideoCodec format, int width, int height)
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            format, new EncoderSettings { Width = width, Height = height, BitrateKbps = 2000, MayDrop = false });
        var clip = new Clip(width, height);
        return [.. Enumerable.Range(0, Pictures).Select(number =>
        {
            using Picture picture = pool.Rent(width, height);
            clip.Draw(picture, number * 10);
            using EncodedFrame coded = encoder.Encode(picture, (uint)(number * 18_000), forceKey: true)!;
            return coded.Data.ToArray();
        })];
    }

    private sealed class Silent : IBenchListener
    {
        public void OnConnected()
        {
        }

        public void OnFrame(EncodedFrame frame) => frame.Dispose();

        public void OnMessage(ReadOnlySpan<byte> utf8)
        {
        }

        public void OnKeyFrameNeeded()
        {
        }

        public void OnBitrate(Bitrate bitrate)
        {
        }

        public void OnClosed(string reason)
        {
        }
    }
}
