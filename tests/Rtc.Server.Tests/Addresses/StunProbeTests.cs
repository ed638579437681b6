using System.Net;
using System.Net.Sockets;
using Rtc.Server.Addresses;
using Rtc.Server.Options;

namespace Rtc.Server.Tests.Addresses;

public sealed class StunProbeTests
{
    /// <summary>203.0.113.5:8444 in the form of RFC 8489 section 14.2.</summary>
    private static readonly byte[] s_mapped =
        [0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0x20 ^ 0x21, 0xFC ^ 0x12, 203 ^ 0x21, 0 ^ 0x12, 113 ^ 0xA4, 5 ^ 0x42];

    [Fact]
    public async Task The_address_that_a_server_saw_is_read_from_its_answer()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Task answering = Task.Run(async () =>
        {
            byte[] request = new byte[64];
            SocketReceiveFromResult from = await server.ReceiveFromAsync(request, new IPEndPoint(IPAddress.Any, 0));
            Assert.Equal(20, from.ReceivedBytes);
            await server.SendToAsync("noise"u8.ToArray(), from.RemoteEndPoint);
            await server.SendToAsync(Answer(request.AsSpan(8, 12)), from.RemoteEndPoint);
        });

        StunAnswer answer = await StunProbe.AskAsync(
            new HostAndPort("127.0.0.1", ((IPEndPoint)server.LocalEndPoint!).Port), 0, CancellationToken.None);
        await answering;

        Assert.Equal("203.0.113.5:8444", answer.Seen?.ToString());
    }

    private static byte[] Answer(ReadOnlySpan<byte> transaction) =>
        [0x01, 0x01, 0x00, (byte)s_mapped.Length, 0x21, 0x12, 0xA4, 0x42, .. transaction, .. s_mapped];
}
