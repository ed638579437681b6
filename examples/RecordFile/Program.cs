using System.Security.Cryptography;
using Rtc.Bitstream;
using Rtc.Client.Media;
using Rtc.Examples;
using Rtc.Peer;
using Rtc.Peer.Sdp;

// A WHIP endpoint (RFC 9725) that writes each stream into an IVF file of its own.
(string folder, string[] more) = args is [[not '-', ..] first, .. string[] rest] ? (first, rest) : ("recordings", args);
Directory.CreateDirectory(folder);
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(more);
builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = 64 * 1024);
WebApplication app = builder.Build();
using var peers = new UdpPeers();
var policy = new AnswerPolicy { RequireVideo = true, SendVideo = false, MaxVideoSections = 1, MaxSimulcastLayers = 0 };
var sessions = new Dictionary<string, WebRtcPeer>(); // of the peers' thread alone

app.MapPost("/whip", async (HttpRequest request, HttpResponse response) =>
{
    using var body = new StreamReader(request.Body);
    string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    var recording = new Recording(Path.Combine(folder, $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{id[..6]}.ivf"));
    (WebRtcPeer? peer, string text) = await peers.AnswerAsync(await body.ReadToEndAsync(), policy, (peer, happened, now) =>
    {
        recording.Hear(peer, happened, now);
        if (happened.Kind == PeerEventKind.Closed)
        {
            sessions.Remove(id);
        }
    });
    if (peer is null)
    {
        return Results.Problem(text, statusCode: 400);
    }

    await peers.RunAsync(_ => peer.IsClosed || sessions.TryAdd(id, peer));
    response.Headers.Location = $"/whip/{id}";
    return Results.Text(text, "application/sdp", statusCode: 201);
}).Accepts<string>("application/sdp");

// Fine as well where the publisher has just closed its connection: the session is gone, as it asked.
app.MapDelete("/whip/{id}", async (string id) => await peers.RunAsync(now =>
{
    sessions.GetValueOrDefault(id)?.Close(now);
    return Results.Ok();
}));
app.Run();
