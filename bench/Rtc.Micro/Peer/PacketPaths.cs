using System.Net;
using System.Net.Sockets;
using Rtc.Peer;
using Rtc.Peer.Rtp;
using Rtc.Peer.Session;
using Rtc.Peer.Srtp;

namespace Rtc.Micro.Peer;

/// <summary>What a media server does with a packet, over a whole recorded stream: each method is one pass.</summary>
internal sealed class PacketPaths : IDisposable
{
    private const int PacketsPerReport = 20;

    private readonly PacketStream _stream;
    private readonly EncodedFramePool _pool = new();
    private readonly Socket _sender = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _receiver = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly SocketAddress _target;
    private readonly byte[] _buffer = new byte[SrtpSession.MaxPacketBytes];
    private readonly byte[] _report = new byte[SrtpSession.MaxPacketBytes];

    public PacketPaths(bool gcm, int packets)
    {
        _stream = new PacketStream(gcm, packets);

        // Nobody reads there: the kernel's way to a socket on this machine is in the figure, a reader's work isn't.
        _receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _target = ((IPEndPoint)_receiver.LocalEndPoint!).Serialize();
    }

    public PacketStream Stream => _stream;

    public int Packets => _stream.Clear.Length;

    public SrtpSession[] NewViewers(int count) => [.. Enumerable.Range(0, count).Select(_ => _stream.NewSession(client: true))];

    public int UnprotectAndParse()
    {
        using SrtpSession session = _stream.NewSession(client: false);
        int parsed = 0;
        foreach (byte[] packet in _stream.Protected)
        {
            if (session.UnprotectRtp(packet, _buffer, out int length) == SrtpResult.Ok
                && RtpHeaderView.TryParse(_buffer.AsSpan(0, length), out _))
            {
                parsed++;
            }
        }

        return parsed;
    }

    public int Protect()
    {
        using SrtpSession session = _stream.NewSession(client: true);
        int done = 0;
        foreach (byte[] packet in _stream.Clear)
        {
            packet.CopyTo(_buffer, 0);
            done += session.TryProtectRtp(_buffer, packet.Length, out _) ? 1 : 0;
        }

        return done;
    }

    public int ProtectAndSend()
    {
        using SrtpSession session = _stream.NewSession(client: true);
        return Send([session], 0, Packets);
    }

    /// <summary>One track to many: every packet protected and sent for each viewer.</summary>
    public int Send(SrtpSession[] viewers, int from, int count)
    {
        int sent = 0;
        for (int i = from; i < from + count; i++)
        {
            byte[] packet = _stream.Clear[i % Packets];
            foreach (SrtpSession viewer in viewers)
            {
                packet.CopyTo(_buffer, 0);
                if (viewer.TryProtectRtp(_buffer, packet.Length, out int length)
                    && _sender.SendTo(_buffer.AsSpan(0, length), SocketFlags.None, _target) == length)
                {
                    sent++;
                }
            }
        }

        return sent;
    }

    /// <summary>Unprotect, parse, order, join to frames, report. Returns how many frames came out.</summary>
    public int ReceiveFrames()
    {
        using SrtpSession session = _stream.NewSession(client: false);
        using RtpSession receiver = PacketStream.NewReceiver(_pool);
        var now = new Instant(1_000_000);
        int frames = 0;
        for (int i = 0; i < Packets; i++)
        {
            if (session.UnprotectRtp(_stream.Protected[i], _buffer, out int length) != SrtpResult.Ok)
            {
                continue;
            }

            receiver.ReceiveRtp(now, _buffer.AsSpan(0, length));
            while (receiver.TryTakeEvent(out RtpEvent happened))
            {
                frames += happened.Frame is null ? 0 : 1;
                happened.Frame?.Dispose();
            }

            if (i % PacketsPerReport == 0)
            {
                receiver.Advance(now);
                while (receiver.TryTakePacket(now, _report, out _, out _))
                {
                }
            }

            now += TimeSpan.FromMilliseconds(8);
        }

        return frames;
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }
}
