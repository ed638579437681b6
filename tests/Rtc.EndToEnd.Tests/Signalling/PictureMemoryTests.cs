using System.Globalization;
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

/// <summary>Four cameras of 4096×2304 at a server that has 1 GiB, in a control group of that size where one can be made.</summary>
[Collection(AloneCollection.Name)]
public sealed class PictureMemoryTests(ITestOutputHelper output)
{
    private const int Width = 4096;
    private const int Height = 2304;
    private const int Cameras = 4;
    private const int Megabytes = 1024;

    [Fact]
    public async Task Four_of_the_largest_cameras_end_with_refusals_and_not_with_death()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion"], new Dictionary<string, string>
        {
            ["RTC__Limits__MaxPixels"] = (Width * Height).ToString(CultureInfo.InvariantCulture),
            ["RTC__Limits__MemoryMegabytes"] = $"{Megabytes}",
        });
        using LimitedMemory group = LimitedMemory.For(server.ProcessId, Megabytes);
        output.WriteLine(
            group.IsReal ? "in a control group of 1 GiB" : "no control group can be made here: resident memory alone is watched");

        (int refused, double most) = await FilmAsync(server, TimeSpan.FromSeconds(8));

        output.WriteLine($"{refused} of {Cameras} cameras refused, at most {most:F0} MiB resident");
        Assert.InRange(refused, 2, Cameras - 1);
        Assert.True(most < Megabytes * 0.85, $"{most:F0} MiB");
        Assert.True((await server.Http.GetAsync("/api/health/live")).IsSuccessStatusCode, server.Output);
    }

    [Fact]
    public async Task Camera_over_the_limit_is_told_which_option_it_is()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion"]);

        (int refused, _) = await FilmAsync(server, TimeSpan.FromSeconds(20), "Limits:MaxPixels=3686400");

        Assert.Equal(Cameras, refused);
    }

    /// <summary>Films for that long, or until every camera is refused.</summary>
    private static async Task<(int Refused, double MaxMegabytes)> FilmAsync(
        ServerProcess server, TimeSpan time, string reason = "Limits:MemoryMegabytes")
    {
        byte[] picture = KeyPicture();
        using var http = new HttpClient { Timeout = Patience.Time };
        var cameras = new List<BenchClient>();
        var viewers = new List<BenchViewer>();
        var listeners = new List<HubClient>();
        for (int i = 0; i < Cameras; i++)
        {
            listeners.Add(await HubClient.OpenAsync(server));
            await listeners[i].JoinAsync($"large-{i}");
            var ear = new Ear();
            var camera = new BenchClient(http, ear, new OfferPlan { Video = [MediaDirection.SendOnly] }, NullLoggerFactory.Instance);
            cameras.Add(camera);
            await camera.ConnectAsync(new Uri(server.Address, $"/whip/large-{i}"));
            await ear.Connected.WaitAsync(TimeSpan.FromSeconds(20));
            viewers.Add(await MediaClient.WatchAsync(server, http, $"large-{i}"));
        }

        double most = 0;
        int refused = 0;
        int rounds = (int)(time.TotalMilliseconds / 250);
        for (int round = 0; round < rounds && refused < Cameras; round++)
        {
            foreach (BenchClient camera in cameras)
            {
                EncodedFrame frame = EncodedFramePool.Shared.Rent();
                frame.Codec = VideoCodec.Vp8;
                frame.RtpTimestamp = (uint)(round * 22_500);
                frame.IsKey = true;
                frame.Append(picture);
                camera.Send(frame);
            }

            await Task.Delay(250);
            most = Math.Max(most, server.ResidentMegabytes());
            refused = listeners.Count(listener =>
                listener.Heard("notice", notice => notice.GetProperty("message").GetString()!.Contains(reason, StringComparison.Ordinal)));
        }

        foreach (IAsyncDisposable one in (IAsyncDisposable[])[.. cameras, .. viewers, .. listeners])
        {
            await one.DisposeAsync();
        }

        return (refused, most);
    }

    private static byte[] KeyPicture()
    {
        using var pool = new PicturePool();
        using Picture grey = pool.Rent(Width, Height);
        new Clip(Width, Height).Draw(grey, 0);
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            VideoCodec.Vp8, new EncoderSettings { Width = Width, Height = Height, BitrateKbps = 2000, MayDrop = false });
        using EncodedFrame coded = encoder.Encode(grey, 0, forceKey: true)!;
        return coded.Data.ToArray();
    }

    private sealed class Ear : IBenchListener
    {
        private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Connected => _connected.Task;

        public void OnConnected() => _connected.TrySetResult();

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
