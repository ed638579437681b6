using Rtc.Bitstream;
using Rtc.Client.Media;
using Rtc.Peer;
using Rtc.Peer.Sdp;

// A chat over data channels: a line that one browser sends goes to all, its sender included.
const int MaxLineBytes = 4096;
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = 64 * 1024);
WebApplication app = builder.Build();
using var peers = new UdpPeers();
var policy = new AnswerPolicy { ReceiveVideo = false, SendVideo = false };
var members = new Dictionary<WebRtcPeer, int>(); // of the peers' thread alone

app.MapGet("/", () => Results.File(Path.Combine(AppContext.BaseDirectory, "index.html"), "text/html"));
app.MapPost("/chat", async (HttpRequest request) =>
{
    using var body = new StreamReader(request.Body);
    (WebRtcPeer? peer, string text) = await peers.AnswerAsync(await body.ReadToEndAsync(), policy, Hear);
    return peer is null ? Results.Problem(text, statusCode: 400) : Results.Text(text, "application/sdp", statusCode: 201);
}).Accepts<string>("application/sdp");
app.Run();

void Hear(WebRtcPeer peer, PeerEvent happened, Instant now)
{
    switch (happened.Kind)
    {
        case PeerEventKind.ChannelOpened:
            members.TryAdd(peer, happened.ChannelId); // one channel each
            break;
        case PeerEventKind.ChannelMessage when happened.IsText && happened.Payload.Length <= MaxLineBytes:
            byte[] line = happened.Payload.ToArray();
            foreach ((WebRtcPeer member, int channel) in members)
            {
                member.SendMessage(now, channel, line, isText: true);
            }

            break;
        case PeerEventKind.ChannelClosed or PeerEventKind.Closed:
            members.Remove(peer);
            peer.Close(now);
            break;
    }
}
