using System.Net;
using System.Net.Sockets;
using Rtc.Peer.Primitives;
using Rtc.Peer.Stun;
using Rtc.Server.Options;

namespace Rtc.Server.Addresses;

/// <summary>What a STUN server saw, or one line that says why nothing came of it.</summary>
internal sealed record StunAnswer(IPEndPoint? Seen, string? Error);

/// <summary>
/// Asks a STUN server under which address the media port is seen from outside (RFC 8489 section 2). It is asked from that
/// port before the media loop takes it, so that a router that maps by port keeps the same mapping.
/// </summary>
internal static class StunProbe
{
    /// <summary>RFC 8489 section 6.2.1 begins with 500 ms and doubles; a start should not wait for all seven tries.</summary>
    private static readonly int[] s_waitMs = [500, 1000, 1500];

    public static async Task<StunAnswer> AskAsync(HostAndPort server, int localPort, CancellationToken cancel)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(server.Host, AddressFamily.InterNetwork, cancel);
            if (addresses.Length == 0)
            {
                return new StunAnswer(null, $"the STUN server {server.Host} has no IPv4 address");
            }

            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Any, localPort));
            var target = new IPEndPoint(addresses[0], server.Port);
            var binding = new StunBinding(SystemRandom.Instance);
            byte[] answer = new byte[512];
            foreach (int wait in s_waitMs)
            {
                await socket.SendToAsync(binding.Request, target, cancel);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                limit.CancelAfter(wait);
                try
                {
                    while (true)
                    {
                        SocketReceiveFromResult received = await socket.ReceiveFromAsync(answer, target, limit.Token);
                        if (binding.TryReadAnswer(answer.AsSpan(0, received.ReceivedBytes), out IPEndPoint? seen))
                        {
                            return new StunAnswer(seen, null);
                        }
                    }
                }
                catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
                {
                    // Lost on the way, or nobody there: once more.
                }
            }

            return new StunAnswer(null, $"the STUN server {server.Host}:{server.Port} does not answer");
        }
        catch (SocketException error)
        {
            return new StunAnswer(null, $"the STUN server {server.Host}:{server.Port} can't be asked: {error.Message}");
        }
    }
}
