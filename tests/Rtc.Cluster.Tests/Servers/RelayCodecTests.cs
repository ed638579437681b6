using System.Net.Http.Json;
using System.Text.Json;
using Rtc.Bitstream.H264;
using Rtc.EndToEnd.Tests;
using Rtc.Media.Factory;

namespace Rtc.Cluster.Tests.Servers;

/// <summary>Viewers and cameras of several codecs at nodes that don't own their room. Each test has a room of its own.</summary>
public sealed class RelayCodecTests(RelayServers servers, ITestOutputHelper output) : IClassFixture<RelayServers>, IAsyncDisposable
{
    private static readonly VideoCodec[] s_both = [VideoCodec.Vp8, VideoCodec.H264];

    private readonly List<TestPeer> _peers = [];

    private ServerProcess[] Servers => servers.Servers;

    public async ValueTask DisposeAsync()
    {
        foreach (TestPeer peer in _peers)
        {
            await peer.DisposeAsync();
        }
    }

    [Fact]
    public async Task H264_source_goes_over_once_and_as_it_came()
    {
        TestPeer camera = await CameraAsync("as-it-came", VideoCodec.H264);
        TestPeer here = await WatchAsync(0, "as-it-came", "source", s_both);
        TestPeer first = await WatchAsync(1, "as-it-came", "source", s_both);
        TestPeer second = await WatchAsync(1, "as-it-came", "source", VideoCodec.H264);
        await Task.WhenAll(here.SeesAsync(20), first.SeesAsync(20), second.SeesAsync(20));
        TestPeer late = await WatchAsync(1, "as-it-came", "source", s_both);
        await late.SeesAsync(20);

        // The camera, the viewer that is there, and one copy for the other node's three.
        await servers.UntilAsync(0, nodes => nodes is ["0:3", "1:3", "0:0"]);
        Assert.All([here, first, second, late], viewer =>
        {
            Assert.Equal((0, VideoCodec.H264), (viewer.Redirects, viewer.Codec));
            Assert.All(viewer.Pictures, seen => Assert.Equal(camera.Pictures[seen.Key], seen.Value));
            Assert.Equal([NalType.Sps, NalType.Pps, NalType.Idr], Units(viewer.First!).Where(IsOfKeyFrame));
        });
        Assert.Equal(0, (await RoomAsync("as-it-came")).GetProperty("coded").GetInt64());
    }

    [Theory]
    [InlineData("annotated", VideoCodec.Vp8)]
    [InlineData("source", VideoCodec.Vp8)]
    [InlineData("source", VideoCodec.H264)]
    public async Task Viewers_of_each_codec_are_served_where_they_ask(string view, VideoCodec sent)
    {
        string room = $"mixed-{view}-{sent}".ToLowerInvariant();
        await CameraAsync(room, sent);

        // A viewer without VP8 alone has a copy in H.264, and that is the only one.
        TestPeer h264 = await WatchAsync(1, room, view, VideoCodec.H264);
        await h264.SeesAsync(10);
        await servers.UntilAsync(0, nodes => nodes is ["0:2", "1:1", "0:0"]);

        // With one that has nothing else but VP8 there is a copy for each, however many there are of either.
        TestPeer vp8 = await WatchAsync(1, room, view, VideoCodec.Vp8);
        TestPeer both = await WatchAsync(1, room, view, s_both);
        TestPeer another = await WatchAsync(1, room, view, VideoCodec.H264);
        await Task.WhenAll(h264.SeesAsync(20), vp8.SeesAsync(20), both.SeesAsync(20), another.SeesAsync(20));
        await servers.UntilAsync(0, nodes => nodes is ["0:3", "1:4", "0:0"]);
        await UntilViewersAsync(room, 4);
        Assert.All([h264, vp8, both, another], viewer => Assert.Equal(0, viewer.Redirects));
        Assert.Equal(
            [VideoCodec.H264, VideoCodec.Vp8, VideoCodec.H264], new[] { h264, vp8, another }.Select(viewer => viewer.Codec));
        if (view == "source")
        {
            Assert.Equal(sent, both.Codec);
        }

        // Who has nothing but VP8 is gone, and one copy is left, unless a VP8 camera's own pictures are for those that take both.
        await LeaveAsync(vp8);
        string owner = view == "source" && sent == VideoCodec.Vp8 ? "0:3" : "0:2";
        await servers.UntilAsync(0, nodes => nodes is [var first, "1:3", "0:0"] && first == owner);
        await Task.WhenAll(h264.SeesAsync(20), both.SeesAsync(20), another.SeesAsync(20));
        WriteGaps(h264, vp8, both, another);
    }

    [Theory]
    [InlineData(VideoCodec.Vp8, VideoCodec.H264)]
    [InlineData(VideoCodec.H264, VideoCodec.Vp8)]
    public async Task Camera_with_another_codec_goes_on_for_every_viewer(VideoCodec before, VideoCodec after)
    {
        string room = $"from-{before}-to-{after}".ToLowerInvariant();
        TestPeer camera = await CameraAsync(room, before);
        TestPeer[] viewers =
        [
            await WatchAsync(0, room, "source", VideoCodec.Vp8),
            await WatchAsync(0, room, "source", VideoCodec.H264),
            await WatchAsync(1, room, "source", s_both),
            await WatchAsync(1, room, "source", VideoCodec.Vp8),
            await WatchAsync(1, room, "source", VideoCodec.H264),
            await WatchAsync(2, room, "source", s_both),
        ];
        await Task.WhenAll(viewers.Select(viewer => viewer.SeesAsync(20)));
        Assert.Equal((before, before), (viewers[2].Codec, viewers[5].Codec));

        await LeaveAsync(camera);
        await CameraAsync(room, after);
        await Task.WhenAll(viewers.Select(viewer => viewer.SeesAsync(30)));
        Assert.Equal((after, after), (viewers[2].Codec, viewers[5].Codec));
        WriteGaps(viewers);

        // The new camera, two viewers, two copies for the next node and one for the last.
        await servers.UntilAsync(0, nodes => nodes is ["0:6", "1:3", "1:1"]);
    }

    private void WriteGaps(params TestPeer[] viewers) => output.WriteLine("longest gaps: " + string.Join(", ", viewers.Select(viewer =>
    {
        double[] came = [.. viewer.Arrivals.Values.Order()];
        return FormattableString.Invariant($"{came.Zip(came.Skip(1), (one, next) => next - one).Max():0} ms");
    })));

    private static bool IsOfKeyFrame(int type) => type is NalType.Sps or NalType.Pps or NalType.Idr;

    private static List<int> Units(byte[] picture)
    {
        var units = new List<int>();
        var reader = new AnnexBReader(picture);
        while (reader.Read())
        {
            units.Add(reader.Type);
        }

        return units;
    }

    private async Task<TestPeer> CameraAsync(string room, VideoCodec codec)
    {
        Assert.SkipUnless(VideoCodecs.IsUsable(VideoCodec.H264), "no H.264 here");
        return Kept(await TestPeer.ConnectAsync(Servers[0].Address, room, isCamera: true, codecs: codec));
    }

    private async Task<TestPeer> WatchAsync(int at, string room, string view, params VideoCodec[] codecs) =>
        Kept(await TestPeer.ConnectAsync(Servers[at].Address, room, isCamera: false, $"?view={view}", codecs));

    private ValueTask LeaveAsync(TestPeer peer)
    {
        _peers.Remove(peer);
        return peer.DisposeAsync();
    }

    private TestPeer Kept(TestPeer peer)
    {
        _peers.Add(peer);
        return peer;
    }

    /// <summary>Who watches elsewhere is told to the owner a moment later.</summary>
    private async Task UntilViewersAsync(string room, int count)
    {
        using var limit = new CancellationTokenSource(Patience.Time);
        while ((await RoomAsync(room)).GetProperty("viewers").GetInt32() != count)
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private Task<JsonElement> RoomAsync(string room) => Servers[0].Http.GetFromJsonAsync<JsonElement>("/api/rooms/" + room);
}
