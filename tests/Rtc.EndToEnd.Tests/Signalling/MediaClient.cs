using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Bench;
using Rtc.Peer;
using Rtc.Peer.Sdp;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>Our own peers as phones and viewers, over WHIP and WHEP or, as the pages do it, over the hub.</summary>
internal static class MediaClient
{
    private static readonly TimeSpan s_patience = Patience.Time;

    private static readonly PhonePlan s_plan = new()
    {
        Width = 320, Height = 240, FramesPerSecond = 30, Codec = VideoCodec.Vp8, BitrateKbps = 500,
    };

    /// <summary>A phone that only sends and to which nothing is sent: by itself it asks the server for nothing.</summary>
    public static Task<BenchPhone> PublishAsync(ServerProcess server, HttpClient http, string room, VideoCodec codec = VideoCodec.Vp8) =>
        StartAsync(
            http, new OfferPlan { Video = [MediaDirection.SendOnly] },
            client => client.ConnectAsync(new Uri(server.Address, $"/whip/{room}")), codec);

    /// <summary>A phone with a data channel, whose place in the room is the hub connection's.</summary>
    public static Task<BenchPhone> PublishAsync(HubClient hub, HttpClient http) => StartAsync(
        http, new OfferPlan { Video = [MediaDirection.SendOnly], DataChannel = true }, client => NegotiateAsync(client, hub));

    /// <summary>A viewer that takes these codecs and no others; all of them where none is named.</summary>
    public static async Task<BenchViewer> WatchAsync(
        ServerProcess server, HttpClient http, string room, string view = "annotated", params VideoCodec[] codecs)
    {
        (BenchClient client, BenchViewer viewer) = Viewer(http, codecs);
        await client.ConnectAsync(new Uri(server.Address, $"/whep/{room}?view={view}"));
        return viewer;
    }

    public static async Task<BenchViewer> WatchAsync(HubClient hub, HttpClient http)
    {
        (BenchClient client, BenchViewer viewer) = Viewer(http);
        await NegotiateAsync(client, hub);
        return viewer;
    }

    private static (BenchClient Client, BenchViewer Viewer) Viewer(HttpClient http, params VideoCodec[] codecs)
    {
        var plan = new OfferPlan { Video = [MediaDirection.ReceiveOnly] };
        plan = codecs.Length > 0 ? plan with { Codecs = codecs } : plan;
        var listener = new LateListener();
        var client = new BenchClient(http, listener, plan, NullLoggerFactory.Instance);
        var viewer = new BenchViewer(client);
        listener.To = viewer;
        return (client, viewer);
    }

    private static async Task<BenchPhone> StartAsync(
        HttpClient http, OfferPlan offer, Func<BenchClient, Task> connect, VideoCodec codec = VideoCodec.Vp8)
    {
        var listener = new LateListener();
        var client = new BenchClient(http, listener, offer, NullLoggerFactory.Instance);
        var phone = new BenchPhone(s_plan with { Codec = codec }, client, new Clip(s_plan.Width, s_plan.Height));
        listener.To = phone;
        await connect(client);
        Assert.True(await phone.StartAsync(s_patience), "the phone did not connect");
        return phone;
    }

    private static async Task NegotiateAsync(BenchClient client, HubClient hub)
    {
        HubAnswer answer = await hub.CallAsync("Offer", new JsonObject { ["sdp"] = await client.OfferAsync() });
        Assert.Null(answer.Error);
        await client.AcceptAsync(answer.Result.GetProperty("sdp").GetString()!);
    }
}
