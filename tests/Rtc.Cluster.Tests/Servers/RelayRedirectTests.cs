using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.EndToEnd.Tests;
using Rtc.Media.Factory;
using Rtc.Peer.Sdp;
using Rtc.Server.Network;
using Rtc.Store.Tests.Engines;

namespace Rtc.Cluster.Tests.Servers;

/// <summary>
/// Two nodes, the second of which has no H.264: what a node cannot serve is sent to the room's owner. Libraries that are none hide those
/// of the machine from it.
/// </summary>
public sealed class RelayRedirectTests(PostgresServer postgres) : IAsyncLifetime
{
    private readonly List<ServerProcess> _servers = [];
    private readonly string _libraries = Directory.CreateTempSubdirectory("rtc-no-h264").FullName;

    public async ValueTask InitializeAsync()
    {
        string connection = await postgres.CreateDatabaseAsync();
        foreach (int version in Enumerable.Range(58, 5))
        {
            await File.WriteAllTextAsync(Path.Combine(_libraries, $"libavcodec.so.{version}"), "none");
        }

        await File.WriteAllTextAsync(Path.Combine(_libraries, "libavcodec.so"), "none");
        _servers.AddRange(await ServerPair.StartAsync(connection, 1));
        _servers.AddRange(await ServerPair.StartAsync(
            connection, 1, first: 1, environment: new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = _libraries }));
        await ServerPair.UntilKnownAsync(_servers);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess server in _servers)
        {
            await server.DisposeAsync();
        }

        Directory.Delete(_libraries, recursive: true);
    }

    [Fact]
    public async Task Viewer_that_a_node_cannot_serve_is_sent_to_the_owner()
    {
        Assert.SkipUnless(VideoCodecs.IsUsable(VideoCodec.H264), "no H.264 here");

        // The owner has H.264, the node that is asked has not.
        await using TestPeer camera = await TestPeer.ConnectAsync(_servers[0].Address, "able", isCamera: true);
        await using TestPeer sent = await TestPeer.ConnectAsync(
            _servers[1].Address, "able", isCamera: false, "?view=source", VideoCodec.H264);
        Assert.Equal((1, _servers[0].Address), (sent.Redirects, sent.At));
        await sent.SeesAsync();
        Assert.Equal(VideoCodec.H264, sent.Codec);

        // The owner has none, so that no copy can be had: it says itself what it lacks. Who takes VP8 too is served where it asks.
        await using TestPeer other = await TestPeer.ConnectAsync(_servers[1].Address, "unable", isCamera: true);
        await using TestPeer served = await TestPeer.ConnectAsync(
            _servers[0].Address, "unable", isCamera: false, "?view=source", VideoCodec.Vp8, VideoCodec.H264);
        Assert.Equal((0, _servers[0].Address), (served.Redirects, served.At));
        await served.SeesAsync();
        using var peer = new LoopbackPeer(echoes: false, NullLogger<MediaLoop>.Instance);
        string offer = await peer.OfferAsync(new OfferPlan { Video = [MediaDirection.ReceiveOnly], Codecs = [VideoCodec.H264] });
        using HttpResponseMessage asked = await TestPeer.PostAsync(new Uri(_servers[0].Address, "/whep/unable"), offer);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, asked.StatusCode);
        Assert.StartsWith($"{_servers[1].Address}whep/unable?node=n1", asked.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
        using HttpResponseMessage refused = await TestPeer.PostAsync(asked.Headers.Location!, offer);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("no common video codec", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
