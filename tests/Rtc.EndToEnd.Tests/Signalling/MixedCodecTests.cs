using System.Net;
using System.Text;
using System.Text.Json;
using Rtc.Bench;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Peer;
using Rtc.Peer.Sdp;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>Clients with different codecs in one room: each is sent pictures that it can read.</summary>
[Collection(AloneCollection.Name)]
public sealed class MixedCodecTests(SignallingServer server, ITestOutputHelper output) : IClassFixture<SignallingServer>, IDisposable
{
    private static readonly (string View, VideoCodec[] Codecs)[] s_crowd =
    [
        ("annotated", [VideoCodec.Vp8]),
        ("annotated", [VideoCodec.H264]),
        ("annotated", [VideoCodec.Vp8, VideoCodec.H264]),
        ("source", [VideoCodec.Vp8]),
        ("source", [VideoCodec.H264]),
        ("source", [VideoCodec.Vp8, VideoCodec.H264]),
    ];

    private readonly HttpClient _http = new() { Timeout = Patience.Time };

    private ServerProcess Server => server.Process;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData(VideoCodec.Vp8)]
    [InlineData(VideoCodec.H264)]
    public async Task Every_viewer_gets_pictures_in_a_codec_that_it_takes(VideoCodec phone)
    {
        Assert.SkipUnless(VideoCodecs.IsUsable(VideoCodec.H264), "no H.264 here");
        string room = $"mixed-{phone}".ToLowerInvariant();
        await using BenchPhone publisher = await MediaClient.PublishAsync(Server, _http, room, phone);
        BenchViewer[] viewers = await Task.WhenAll(
            s_crowd.Select(one => MediaClient.WatchAsync(Server, _http, room, one.View, one.Codecs)));
        try
        {
            await Task.WhenAny(UntilAllAsync(viewers, 30), Task.Delay(TimeSpan.FromSeconds(10)));
            foreach ((BenchViewer viewer, (string view, VideoCodec[] codecs)) in viewers.Zip(s_crowd))
            {
                output.WriteLine(
                    $"{view,9} {string.Join('+', codecs),8}: {viewer.Frames,4} pictures, {viewer.KeyFrames} of them key frames, "
                        + $"in {viewer.Codec}");
            }

            Assert.All(viewers.Zip(s_crowd), pair =>
            {
                Assert.True(
                    pair.First.Frames >= 30,
                    $"{pair.Second.View} in {string.Join('+', pair.Second.Codecs)} got {pair.First.Frames} pictures");
                Assert.Contains(pair.First.Codec, pair.Second.Codecs);
            });
        }
        finally
        {
            await Task.WhenAll(viewers.Select(viewer => viewer.DisposeAsync().AsTask()));
        }
    }

    [Fact]
    public async Task Codec_that_all_take_is_the_only_one_that_is_coded()
    {
        Assert.SkipUnless(VideoCodecs.IsUsable(VideoCodec.H264), "no H.264 here");
        const string Room = "one-codec";
        await using BenchPhone publisher = await MediaClient.PublishAsync(Server, _http, Room);
        await using BenchViewer both = await MediaClient.WatchAsync(Server, _http, Room);
        await ServerState.UntilAsync("no picture came", () => Task.FromResult(both.Frames > 10));
        Assert.Equal(VideoCodec.Vp8, both.Codec);
        await using (BenchViewer h264 = await MediaClient.WatchAsync(Server, _http, Room, "annotated", VideoCodec.H264))
        {
            await ServerState.UntilAsync("no H.264 came", () => Task.FromResult(h264.Frames > 10 && both.Codec == VideoCodec.H264));
            JsonElement before = await Server.RoomAsync(Room);
            await ServerState.UntilAsync(
                "nothing came", async () => Count(await Server.RoomAsync(Room), "received") > Count(before, "received") + 60);
            JsonElement after = await Server.RoomAsync(Room);
            Assert.InRange(Count(after, "coded") - Count(before, "coded"), 30, Count(after, "received") - Count(before, "received") + 5);
        }

        await ServerState.UntilAsync("VP8 did not come back", () => Task.FromResult(both.Codec == VideoCodec.Vp8));
        Assert.Equal(0, both.Freezes);
    }

    [Theory]
    [InlineData("whep", false)]
    [InlineData("whep", true)]
    [InlineData("whip", false)]
    public async Task Offer_without_a_codec_of_ours_is_refused_for_that(string way, bool hasChannel)
    {
        string offer = Offers.Video(way == "whip" ? MediaDirection.SendOnly : MediaDirection.ReceiveOnly, hasChannel)
            .Replace("VP8/90000", "VP9/90000", StringComparison.Ordinal)
            .Replace("H264/90000", "AV1/90000", StringComparison.Ordinal);
        using var content = new StringContent(offer, Encoding.UTF8, "application/sdp");
        using HttpResponseMessage answer = await Server.Http.PostAsync($"/{way}/strange", content);

        string text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("no common video codec: offered", text, StringComparison.Ordinal);
    }

    private static Task UntilAllAsync(BenchViewer[] viewers, int pictures) =>
        ServerState.UntilAsync("not everybody got pictures", () => Task.FromResult(viewers.All(viewer => viewer.Frames >= pictures)));

    private static long Count(JsonElement room, string what) => room.GetProperty(what).GetInt64();
}
