using Rtc.Peer.Rtcp;
using Rtc.Peer.Rtp;

namespace Rtc.Peer.Receive;

/// <summary>
/// One source's figures for reception reports: extended highest sequence number, loss and interarrival
/// jitter (RFC 3550 appendices A.1, A.3, A.8), and the last sender report's times for LSR and DLSR.
/// </summary>
internal sealed class ReceptionStatistics(int clockRate)
{
    private long _first = -1;
    private long _highest;
    private long _received;
    private long _expectedBefore;
    private long _receivedBefore;
    private long _jitter16; // jitter times 16, as in A.8
    private long _transit;
    private bool _hasTransit;
    private SenderInfo _lastReport;
    private Instant _lastReportAt;

    public long Received => _received;

    public long Expected => _first < 0 ? 0 : _highest - _first + 1;

    public long Lost => Expected - _received;

    public bool HasSenderReport => _lastReport.Ntp != 0;

    public SenderInfo LastSenderReport => _lastReport;

    public TimeSpan Jitter => TimeSpan.FromSeconds(_jitter16 / 16.0 / clockRate);

    public void OnPacket(Instant now, long sequence, uint timestamp)
    {
        if (_first < 0)
        {
            _first = sequence;
            _highest = sequence;
        }

        _first = Math.Min(_first, sequence);
        _received++;
        if (sequence < _highest)
        {
            return; // late ones would count a frame's reordering as jitter of the path
        }

        _highest = sequence;
        uint arrival = (uint)((UInt128)(ulong)now.Microseconds * (uint)clockRate / 1_000_000u);
        int transit = (int)(arrival - timestamp);
        if (_hasTransit)
        {
            long difference = Math.Abs((long)(int)(transit - (int)_transit));
            if (difference < clockRate * 10L)
            {
                _jitter16 += difference - ((_jitter16 + 8) >> 4);
            }
        }

        _transit = transit;
        _hasTransit = true;
    }

    /// <summary>The sender began its numbers anew.</summary>
    public void Restart()
    {
        _first = -1;
        _received = 0;
        _expectedBefore = 0;
        _receivedBefore = 0;
        _hasTransit = false;
    }

    public void OnSenderReport(Instant now, SenderInfo report)
    {
        _lastReport = report;
        _lastReportAt = now;
    }

    /// <summary>The sender's wall clock for one of its RTP timestamps, 0 before the first sender report.</summary>
    public ulong NtpOf(uint timestamp)
    {
        if (!HasSenderReport)
        {
            return 0;
        }

        long ticks = (int)(timestamp - _lastReport.RtpTimestamp);
        return _lastReport.Ntp + (ulong)(long)((Int128)ticks * (1L << 32) / clockRate);
    }

    /// <summary>Fraction lost counts from one call to the next.</summary>
    public ReportBlock MakeBlock(Instant now, Ssrc source)
    {
        long expected = Expected - _expectedBefore;
        long lost = expected - (_received - _receivedBefore);
        _expectedBefore = Expected;
        _receivedBefore = _received;
        byte fraction = expected <= 0 || lost <= 0 ? (byte)0 : (byte)Math.Min(255, lost * 256 / expected);
        return new ReportBlock(
            source,
            fraction,
            (int)Math.Clamp(Lost, -0x800000, 0x7FFFFF),
            (uint)(_highest - SequenceUnwrapper.FirstCycle),
            (uint)(_jitter16 >> 4),
            HasSenderReport ? NtpTime.Compact(_lastReport.Ntp) : 0,
            HasSenderReport ? NtpTime.CompactSpan(now - _lastReportAt) : 0);
    }
}
