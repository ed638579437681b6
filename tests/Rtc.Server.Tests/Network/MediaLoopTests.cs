using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Server.Network;
using Rtc.Signaling;

namespace Rtc.Server.Tests.Network;

/// <summary>The media port as strangers see it: what they send is counted and dropped, and nothing goes back.</summary>
public sealed class MediaLoopTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly DtlsIdentity _identity = DtlsIdentity.Create();

    public void Dispose() => _identity.Dispose();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    [InlineData("::")]
    public async Task Posted_work_wakes_a_loop_on_any_address(string host)
    {
        Assert.SkipWhen(!Socket.OSSupportsIPv6 && host.Contains(':', StringComparison.Ordinal), "no IPv6 on this machine");

        using MediaLoop loop = Open(IPAddress.Parse(host));
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(i, await loop.AskAsync(() => i));
        }

        // A loop that isn't woken sleeps up to 100 ms each time.
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        output.WriteLine($"{took.TotalMilliseconds:F0} ms for 200");
        Assert.True(took < TimeSpan.FromSeconds(8), $"200 questions took {took}");
    }

    [Fact]
    public async Task A_flood_from_strangers_gets_no_byte_back_and_leaves_nothing_behind()
    {
        const int Strangers = 20;
        const int Each = 500;
        using MediaLoop loop = Open(IPAddress.Loopback);
        (PeerSlot port, string ufrag) = await AddPeerAsync(loop);
        byte[][] kinds =
        [
            StunCheck.For(ufrag), StunCheck.For("nobody"), ClientHello(), Media(), [0, 0, 0, 0],
            Enumerable.Repeat((byte)0xFF, 1400).ToArray(), [22]
        ];
        var sockets = new List<Socket>();
        long sent = 0;
        for (int i = 0; i < Strangers; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            sockets.Add(socket);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, loop.Port));
        }

        for (int i = 0; i < Each; i++)
        {
            foreach (Socket socket in sockets)
            {
                sent += await socket.SendAsync(kinds[i % kinds.Length]);
            }

            await loop.AskAsync(() => 0); // keeps the socket's own buffer from dropping for us
        }

        (long unclaimed, int addresses, PeerStats stats) = await loop.AskAsync(
            () => (loop.DatagramsUnclaimed, port.Addresses.Count, port.Peer.Stats));
        output.WriteLine(
            $"{sent} bytes sent, {unclaimed} datagrams unclaimed, {stats.Drops[DropReason.StunUnauthenticated]} checks "
                + "without the password");
        Assert.All(sockets, socket => Assert.Equal(0, socket.Available));
        Assert.Equal(0, addresses);
        Assert.Equal(0, stats.DatagramsSent);
        Assert.True(unclaimed > Strangers * Each / 2, $"only {unclaimed} datagrams were seen to belong to nobody");
        Assert.True(stats.Drops[DropReason.StunUnauthenticated] > Strangers * Each / 10);
        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task One_address_gets_64_TCP_connections_and_an_overlong_frame_ends_one()
    {
        using MediaLoop loop = Open(IPAddress.Loopback);
        Assert.True(loop.HasTcp);
        var clients = new List<TcpClient>();
        for (int i = 0; i < 80; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, loop.Port);
            clients.Add(client);
        }

        // The first 64 may stay: one more datagram of theirs is taken. The others are closed.
        Task<int>[] ends = [.. clients.Select(client => ReadAsync(client))];
        var deadline = Stopwatch.StartNew();
        while (ends.Count(end => end.IsCompleted) < 16)
        {
            Assert.True(deadline.Elapsed < s_patience, $"{ends.Count(end => end.IsCompleted)} connections were closed");
            await Task.Delay(10);
        }

        Assert.Equal(16, ends.Count(end => end.IsCompleted));
        int open = Array.FindIndex(ends, end => !end.IsCompleted);
        await clients[open].GetStream().WriteAsync(new byte[] { 0xFF, 0xFF, 0, 0 });
        Assert.Equal(0, await ends[open].WaitAsync(s_patience));
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Connection_from_the_address_of_one_just_reset_is_kept()
    {
        var quota = new AddressQuota(8, 8);
        using var loop = new MediaLoop(
            new MediaClock(), IPAddress.Loopback, 0, NullLogger<MediaLoop>.Instance, tcpConnections: quota);
        loop.Start();
        var from = new IPEndPoint(IPAddress.Loopback, 0);
        Socket client = Connect();
        for (int round = 0; round < 20; round++)
        {
            client.LingerState = new LingerOption(true, 0);
            client.Dispose();
            client = Connect();
            var deadline = Stopwatch.StartNew();
            for (int kept = 0; kept < 10; kept = (quota.Held, loop.TcpConnections) == (1, 1) ? kept + 1 : 0)
            {
                // The end of the connection before may be noticed at any moment.
                Assert.True(
                    deadline.Elapsed < s_patience, $"round {round}: {quota.Held} connections, {loop.TcpConnections} to send by");
                await Task.Delay(5);
            }
        }

        client.Dispose();

        Socket Connect()
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(from);
            socket.Connect(new IPEndPoint(IPAddress.Loopback, loop.Port));
            from = (IPEndPoint)socket.LocalEndPoint!;
            return socket;
        }
    }

    [Fact]
    public async Task Frames_of_no_bytes_do_not_keep_a_tcp_connection()
    {
        using MediaLoop loop = Open(IPAddress.Loopback);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var connection = new IceTcpConnection(
            await listener.AcceptSocketAsync(), TransportAddress.From(IPAddress.Loopback, 9, TransportProtocol.Tcp), loop,
            TimeSpan.FromMilliseconds(200));

        Task serving = connection.RunAsync(default);
        var deadline = Stopwatch.StartNew();
        while (!serving.IsCompleted && deadline.Elapsed < s_patience)
        {
            try
            {
                await client.GetStream().WriteAsync(new byte[] { 0, 0 });
            }
            catch (IOException)
            {
                break;
            }

            await Task.WhenAny(serving, Task.Delay(10));
        }

        await serving.WaitAsync(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Frames_of_garbage_over_tcp_are_dropped_and_counted()
    {
        const int Frames = 20_000;
        using MediaLoop loop = Open(IPAddress.Loopback);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, loop.Port);
        byte[] frame = [0, 40, .. Enumerable.Range(0, 40).Select(i => (byte)(i + 128))];
        byte[] many = [.. Enumerable.Repeat(frame, 100).SelectMany(bytes => bytes)];
        for (int i = 0; i < Frames / 100; i++)
        {
            await client.GetStream().WriteAsync(many);
        }

        var deadline = Stopwatch.StartNew();
        long seen = 0;
        while ((seen = await loop.AskAsync(() => loop.DatagramsUnclaimed)) == 0)
        {
            Assert.True(deadline.Elapsed < s_patience, "nothing was counted");
        }

        Assert.InRange(seen, 1, Frames);
        Assert.Equal(0, client.Available);
    }

    private static async Task<int> ReadAsync(TcpClient client)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[100]);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static MediaLoop Open(IPAddress host)
    {
        var loop = new MediaLoop(new MediaClock(), host, 0, NullLogger<MediaLoop>.Instance);
        loop.Start();
        return loop;
    }

    private async Task<(PeerSlot Port, string Ufrag)> AddPeerAsync(MediaLoop loop)
    {
        var options = new PeerOptions
        {
            Identity = _identity,
            Random = SystemRandom.Instance,
            LocalCandidates = [new LocalCandidate(TransportAddress.From(IPAddress.Loopback, loop.Port), CandidateKind.Host)],
        };
        using var other = new WebRtcPeer(new PeerOptions { Identity = _identity, Random = SystemRandom.Instance }, default);
        string offer = other.CreateOffer(default, new OfferPlan { DataChannel = true });
        return await loop.AskAsync(() =>
        {
            var peer = new WebRtcPeer(options, loop.Clock.Now);
            Assert.True(peer.TryAnswer(loop.Clock.Now, offer, new AnswerPolicy(), out _, out string? error), error);
            PeerSlot port = loop.Add(peer, new Ports.Deaf());
            return (port, peer.LocalUfrag);
        });
    }

    /// <summary>A DTLS handshake record with the start of a ClientHello.</summary>
    private static byte[] ClientHello() => [22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 1, .. new byte[99]];

    private static byte[] Media() => [0x80, 96, 0, 1, .. new byte[200]];
}
