using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
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
    private const ushort BindingRequest = 0x0001;
    private const ushort BindingSuccess = 0x0101;
    private const ushort XorMappedAddress = 0x0020;
    private const uint MagicCookie = 0x2112A442;
    private const int HeaderLength = 20;
    private const byte FamilyIPv4 = 1;

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
            byte[] request = Request();
            byte[] answer = new byte[512];
            foreach (int wait in s_waitMs)
            {
                await socket.SendToAsync(request, target, cancel);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                limit.CancelAfter(wait);
                try
                {
                    while (true)
                    {
                        SocketReceiveFromResult received = await socket.ReceiveFromAsync(answer, target, limit.Token);
                        if (TryRead(answer.AsSpan(0, received.ReceivedBytes), request.AsSpan(8, 12), out IPEndPoint? seen))
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

    /// <summary>False for whatever is not the answer to this very request.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> message, ReadOnlySpan<byte> transaction, out IPEndPoint? seen)
    {
        seen = null;
        if (message.Length < HeaderLength
            || BinaryPrimitives.ReadUInt16BigEndian(message) != BindingSuccess
            || BinaryPrimitives.ReadUInt32BigEndian(message[4..]) != MagicCookie
            || !message.Slice(8, 12).SequenceEqual(transaction)
            || HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(message[2..]) != message.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = message[HeaderLength..];
        while (rest.Length >= 4)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            int padded = (length + 3) & ~3;
            if (4 + padded > rest.Length)
            {
                return false;
            }

            if (BinaryPrimitives.ReadUInt16BigEndian(rest) == XorMappedAddress && length == 8 && rest[5] == FamilyIPv4)
            {
                // RFC 8489 section 14.2: port and address are hidden from routers that rewrite what looks like an address.
                int port = BinaryPrimitives.ReadUInt16BigEndian(rest[6..]) ^ (int)(MagicCookie >> 16);
                uint address = BinaryPrimitives.ReadUInt32BigEndian(rest[8..]) ^ MagicCookie;
                Span<byte> bytes = stackalloc byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
                seen = new IPEndPoint(new IPAddress(bytes), port);
                return true;
            }

            rest = rest[(4 + padded)..];
        }

        return false;
    }

    private static byte[] Request()
    {
        byte[] request = new byte[HeaderLength];
        BinaryPrimitives.WriteUInt16BigEndian(request, BindingRequest);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(4), MagicCookie);
        RandomNumberGenerator.Fill(request.AsSpan(8));
        return request;
    }
}
