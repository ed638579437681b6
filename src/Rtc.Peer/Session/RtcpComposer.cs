using System.Text;
using Rtc.Peer.Receive;
using Rtc.Peer.Rtcp;
using Rtc.Peer.Send;

namespace Rtc.Peer.Session;

/// <summary>
/// Writes a session's RTCP when something is due: reports once a second (RFC 3550 section 6), NACK, PLI,
/// REMB and transport-wide feedback the moment they are wanted (RFC 4585 section 3.4 mode "immediate").
/// </summary>
internal sealed class RtcpComposer(string cname, Ssrc fallback, PeerRandom random)
{
    /// <summary>Leaves room for SRTCP's index and tag below 1,280 bytes with IPv6 and UDP.</summary>
    private const int MaxCompoundBytes = 1180;

    private const int MaxNacks = 256;
    private const int MaxSources = 31;
    private static readonly TimeSpan s_reports = TimeSpan.FromSeconds(1);

    // RFC 3550 section 6.3.1: e - 3/2 makes up for what the random interval lets converge below the one meant.
    private const double Compensation = Math.E - 1.5;

    private readonly byte[] _cname = Encoding.UTF8.GetBytes(cname)[..Math.Min(Encoding.UTF8.GetByteCount(cname), byte.MaxValue)];
    private readonly ReportBlock[] _blocks = new ReportBlock[StreamTable.MaxReceivers];
    private Instant _nextReport;
    private int _turn;
    private bool _bye;

    public bool ReducedSize { get; set; }

    public Instant Deadline(ReceivingSide receiving, List<VideoSender> senders)
    {
        if (_bye)
        {
            return default;
        }

        Instant at = receiving.RtcpDeadline;
        bool anything = receiving.Streams.Receivers.Count > 0 || senders.Exists(sender => sender.HasSent);
        return anything ? Instant.Min(at, _nextReport) : at;
    }

    public void SayBye() => _bye = true;

    /// <summary>Gives the compound's length, 0 where nothing is due.</summary>
    public int Write(Instant now, ulong ntp, Span<byte> destination, ReceivingSide receiving, List<VideoSender> senders)
    {
        if (Deadline(receiving, senders) > now)
        {
            return 0;
        }

        RtcpWriter writer = new(destination[..Math.Min(destination.Length, MaxCompoundBytes)]);
        Ssrc self = senders.Count > 0 ? senders[0].Media : fallback;
        bool reports = now >= _nextReport || _bye;
        int empty = 0;
        if (reports)
        {
            WriteReports(now, ntp, ref writer, self, receiving, senders);
            _nextReport = now + (s_reports * ((0.5 + random.NextDouble()) / Compensation));
        }
        else if (!ReducedSize)
        {
            writer.ReceiverReport(self, default);
            writer.SourceDescription([self], _cname);
            empty = writer.Length;
        }

        WriteRequests(now, ref writer, self, receiving);
        while (receiving.Arrivals.TryWrite(now, self, ref writer))
        {
        }

        if (receiving.TryTakeRemb(now, out Bitrate remb))
        {
            Span<Ssrc> sources = stackalloc Ssrc[StreamTable.MaxReceivers];
            int count = 0;
            foreach (VideoReceiver receiver in receiving.Streams.Receivers)
            {
                sources[count++] = receiver.Media;
            }

            writer.Remb(self, remb, sources[..count]);
        }

        if (_bye)
        {
            _bye = false;
            Span<Ssrc> leaving = stackalloc Ssrc[MaxSources];
            writer.Bye(leaving[..ListSources(self, senders, leaving)]);
        }

        return writer.Length > empty ? writer.Length : 0;
    }

    private void WriteReports(Instant now, ulong ntp, ref RtcpWriter writer, Ssrc self, ReceivingSide receiving, List<VideoSender> senders)
    {
        int blocks = 0;
        foreach (VideoReceiver receiver in receiving.Streams.Receivers)
        {
            _blocks[blocks++] = receiver.Statistics.MakeBlock(now, receiver.Media);
        }

        // All blocks in the first report; where several streams are sent, each second each says its own.
        ReadOnlySpan<ReportBlock> all = _blocks.AsSpan(0, blocks);
        bool said = false;
        foreach (VideoSender sender in senders)
        {
            if (sender.HasSent)
            {
                writer.SenderReport(sender.Media, sender.MakeReport(now, ntp), said ? default : all);
                said = true;
            }
        }

        if (!said)
        {
            writer.ReceiverReport(self, all);
        }

        Span<Ssrc> sources = stackalloc Ssrc[MaxSources];
        sources = sources[..ListSources(self, senders, sources)];
        while (sources.Length > 0 && !writer.SourceDescription(sources, _cname))
        {
            sources = sources[..^1]; // a long name: as many as fit
        }
    }

    /// <summary>Every SSRC that we send under, the resends' as well; the one of our reports where there is none.</summary>
    private static int ListSources(Ssrc self, List<VideoSender> senders, Span<Ssrc> sources)
    {
        int count = 0;
        sources[count++] = self;
        foreach (VideoSender sender in senders)
        {
            if (sender.Media != self && count < sources.Length)
            {
                sources[count++] = sender.Media;
            }

            if (sender.Options.Rtx is { } rtx && count < sources.Length)
            {
                sources[count++] = rtx;
            }
        }

        return count;
    }

    /// <summary>Begins with another stream each time, so that one with many losses doesn't starve the rest.</summary>
    private void WriteRequests(Instant now, ref RtcpWriter writer, Ssrc self, ReceivingSide receiving)
    {
        Span<ushort> due = stackalloc ushort[MaxNacks];
        List<VideoReceiver> receivers = receiving.Streams.Receivers;
        for (int i = 0; i < receivers.Count; i++)
        {
            VideoReceiver receiver = receivers[(i + _turn) % receivers.Count];
            if (receiver.TakePli())
            {
                writer.Pli(self, receiver.Media);
                if (receiver.TryTakeFir(out byte sequence))
                {
                    writer.Fir(self, receiver.Media, sequence);
                }
            }

            // A number needs four bytes at worst.
            int most = Math.Clamp((writer.Room - 12) / 4, 0, MaxNacks);
            int count = most > 0 ? receiver.TakeNacks(now, due[..most]) : 0;
            if (count > 0)
            {
                writer.Nack(self, receiver.Media, due[..count]);
            }
        }

        _turn++;
    }
}
