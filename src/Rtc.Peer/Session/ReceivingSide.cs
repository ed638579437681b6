using Rtc.Peer.Receive;
using Rtc.Peer.Rtcp;
using Rtc.Peer.Rtp;

namespace Rtc.Peer.Session;

/// <summary>
/// Everything of a session that listens: the streams, the log of arrivals for feedback and, where that
/// isn't negotiated, the receiver's own estimate.
/// </summary>
internal sealed class ReceivingSide(EncodedFramePool frames) : IDisposable
{
    private readonly PacketBufferPool _buffers = new();
    private readonly RembMaker _remb = new();
    private bool _wantsRemb;

    public StreamTable Streams { get; private set; } = null!;

    public ArrivalLog Arrivals { get; } = new();

    public long Malformed { get; private set; }

    public long Unknown { get; private set; }

    public long Packets { get; private set; }

    public long Bytes { get; private set; }

    public int BuffersOutstanding => _buffers.Outstanding;

    public void Configure(IReadOnlyList<RtpSection> sections)
    {
        Streams ??= new StreamTable(frames, _buffers);
        Streams.Configure(sections);
    }

    /// <summary>Gives the stream that the packet belonged to, or null where it was dropped.</summary>
    public VideoReceiver? Receive(Instant now, ReadOnlySpan<byte> bytes)
    {
        if (!RtpHeaderView.TryParse(bytes, out RtpHeaderView packet))
        {
            Malformed++;
            return null;
        }

        if (!Streams.TryFind(now, packet, out VideoReceiver receiver, out StreamTable.Section section, out bool rtx))
        {
            Unknown++;
            return null;
        }

        Packets++;
        Bytes += bytes.Length;
        HeaderExtensionsView extensions = HeaderExtensionsView.Read(packet, section.Negotiated.Extensions);
        if (extensions.TransportSequence >= 0)
        {
            Arrivals.OnPacket(now, (ushort)extensions.TransportSequence, receiver.Media);
        }
        else if (section.Remb)
        {
            _wantsRemb = true;
            _remb.OnPacket(now, extensions.AbsSendTime, bytes.Length, receiver.RoundTrip);
        }

        if (rtx)
        {
            receiver.ReceiveRtx(now, packet, extensions);
        }
        else
        {
            long expected = receiver.Statistics.Expected;
            receiver.Receive(now, packet, extensions);
            _remb.OnExpected(now, receiver.Statistics.Expected - expected);
        }

        Nudge(now, receiver);
        return receiver;
    }

    public void OnSenderReport(Instant now, ReportView report) =>
        Streams.Find(report.Sender)?.OnSenderReport(now, report.Info);

    public void Advance(Instant now)
    {
        foreach (VideoReceiver receiver in Streams.Receivers)
        {
            receiver.Advance(now);
            Nudge(now, receiver);
        }
    }

    public bool TryTakeRemb(Instant now, out Bitrate estimate)
    {
        estimate = default;
        return _wantsRemb && _remb.TryTake(now, out estimate);
    }

    /// <summary>When RTCP has something to say.</summary>
    public Instant RtcpDeadline
    {
        get
        {
            Instant at = Instant.Min(Arrivals.Deadline, _wantsRemb ? _remb.Deadline : Instant.Never);
            foreach (VideoReceiver receiver in Streams.Receivers)
            {
                at = Instant.Min(at, receiver.RtcpDeadline);
            }

            return at;
        }
    }

    /// <summary>When a wait ends.</summary>
    public Instant NextDeadline
    {
        get
        {
            Instant at = RtcpDeadline;
            foreach (VideoReceiver receiver in Streams.Receivers)
            {
                at = Instant.Min(at, receiver.NextDeadline);
            }

            return at;
        }
    }

    public void Dispose() => Streams.Dispose();

    private void Nudge(Instant now, VideoReceiver receiver)
    {
        if (receiver.TakeNudge() && _wantsRemb)
        {
            _remb.Nudge(now);
        }
    }
}
