using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Server.Network;

namespace Rtc.Bench.Tests;

/// <summary>
/// A WHIP server in this process that does one known thing to the pictures of each room: <see cref="Rooms"/> says which,
/// by the room's number. It notes when it handed a picture on, so that a test compares with what was really done.
/// </summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly DtlsIdentity _identity = DtlsIdentity.Create();
    private readonly MediaLoop _loop;
    private readonly WebApplication _app;

    private FakeServer(IReadOnlyList<FakeRoom> rooms)
    {
        Rooms = rooms;
        _loop = new MediaLoop(new MediaClock(), IPAddress.Loopback, 0, NullLogger<MediaLoop>.Instance);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/whip/bench-{room:int}", (RequestDelegate)AnswerAsync);
        _app.MapDelete("/session", () => Results.Ok());
        _app.MapGet("/api/rooms", () => Results.Bytes(Encoding.UTF8.GetBytes(RoomsJson()), "application/json"));
    }

    public IReadOnlyList<FakeRoom> Rooms { get; }

    public Uri Address => new(_app.Urls.First());

    public static async Task<FakeServer> StartAsync(params FakeRoom[] rooms)
    {
        var server = new FakeServer(rooms);
        server._loop.Start();
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        foreach (FakeRoom room in Rooms)
        {
            room.Dispose();
        }

        _loop.Dispose();
        _identity.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        string offer = await reader.ReadToEndAsync();
        FakeRoom room = Rooms[int.Parse((string)context.Request.RouteValues["room"]!, System.Globalization.CultureInfo.InvariantCulture)];
        string sdp = await _loop.AskAsync(() =>
        {
            var peer = new WebRtcPeer(
                new PeerOptions
                {
                    Identity = _identity,
                    Random = SystemRandom.Instance,
                    LocalCandidates = [new LocalCandidate(TransportAddress.From(IPAddress.Loopback, _loop.Port), CandidateKind.Host)],
                    NtpAtOrigin = _loop.Clock.NtpAtOrigin,
                },
                _loop.Clock.Now);
            PeerSlot port = _loop.Add(peer, room);
            room.Open(_loop, port);
            if (!peer.TryAnswer(_loop.Clock.Now, offer, new AnswerPolicy(), out string answer, out string? error))
            {
                throw new InvalidOperationException(error);
            }

            _loop.Flush(port);
            return answer;
        });
        context.Response.StatusCode = 201;
        context.Response.Headers.Location = "/session";
        context.Response.ContentType = "application/sdp";
        await context.Response.WriteAsync(sdp);
    }

    private string RoomsJson() =>
        "[" + string.Join(',', Rooms.Select(room => $"{{\"received\":{room.Received},\"dropped\":{room.Dropped}}}")) + "]";
}
