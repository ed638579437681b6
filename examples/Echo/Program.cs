using Rtc.Client.Media;
using Rtc.Peer;
using Rtc.Peer.Sdp;

// Answers a browser's offer and sends its own video back to it.
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = 64 * 1024);
WebApplication app = builder.Build();
using var peers = new UdpPeers();
var policy = new AnswerPolicy { RequireVideo = true, MaxVideoSections = 1, MaxSimulcastLayers = 0 };

app.MapGet("/", () => Results.File(Path.Combine(AppContext.BaseDirectory, "index.html"), "text/html"));
app.MapPost("/echo", async (HttpRequest request) =>
{
    using var body = new StreamReader(request.Body);
    (WebRtcPeer? peer, string text) = await peers.AnswerAsync(await body.ReadToEndAsync(), policy, SendBack);
    return peer is null ? Results.Problem(text, statusCode: 400) : Results.Text(text, "application/sdp", statusCode: 201);
}).Accepts<string>("application/sdp");
app.Run();

static void SendBack(WebRtcPeer peer, PeerEvent happened, Rtc.Bitstream.Instant now)
{
    if (happened.Kind == PeerEventKind.VideoFrame)
    {
        peer.SendVideo(now, happened.Mid!, happened.Frame!);
        happened.Frame!.Dispose();
    }
    else if (happened.Kind == PeerEventKind.KeyFrameNeeded)
    {
        peer.RequestKeyFrame(now, happened.Mid!);
    }
}
