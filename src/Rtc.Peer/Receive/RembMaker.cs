using Rtc.Peer.Congestion;
using Rtc.Peer.Rtp;

namespace Rtc.Peer.Receive;

/// <summary>
/// The receiver's own estimate for senders that take no transport-wide feedback: the same delay
/// detector, fed with abs-send-time, told as REMB. Without that extension only the rate itself is known,
/// and the answer is a little more than what comes.
/// </summary>
internal sealed class RembMaker
{
    private static readonly Bitrate s_start = Bitrate.FromKilobits(1000);
    private static readonly Bitrate s_least = Bitrate.FromKilobits(100);
    private static readonly TimeSpan s_update = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_repeat = TimeSpan.FromSeconds(1);
    private const double Urgent = 0.97;

    // aiortc makes a new encoder when its bitrate is to change by over a tenth, and knows none above 3 Mbit/s and none below
    // 500 kbit/s. What it has now may already be a tenth below what was told. Down there only more is a change; but a
    // sender that uses all it has is not told more.
    private const double NudgedDown = 0.7;
    private const double NudgedUp = 1.3;
    private const double Unused = 0.6;
    private static readonly Bitrate s_maxNudged = Bitrate.FromKilobits(2700);
    private static readonly Bitrate s_minNudged = Bitrate.FromKilobits(750);
    private static readonly TimeSpan s_nudge = TimeSpan.FromMilliseconds(400);

    // A queue that was full from the first packet on shows no growing delay, only this. Less may be the path's own loss.
    private const double HeavyLoss = 0.35;
    private const int MinExpected = 24;
    private static readonly TimeSpan s_lossWindow = TimeSpan.FromMilliseconds(250);

    private readonly ArrivalGroups _groups = new();
    private readonly Trendline _trend = new();
    private readonly OveruseDetector _detector = new();
    private readonly AcknowledgedRate _rate = new();
    private readonly AimdRate _aimd = new(s_start);
    private long _sent;
    private int _lastSendTime = -1;
    private bool _heard;
    private Instant _updatedAt;
    private Instant _nextAt;
    private Bitrate _told;
    private Instant _nudgedUntil;
    private Instant _lossSince;
    private long _expected;
    private long _received;

    public Bitrate Estimate => _aimd.Rate < s_least ? s_least : _aimd.Rate;

    public Instant Deadline => _heard ? _nextAt : Instant.Never;

    /// <summary>How many packets of the media stream the last one showed to be missing, itself among the expected.</summary>
    public void OnExpected(Instant now, long expected)
    {
        _lossSince = _expected == 0 ? now : _lossSince;
        _expected += Math.Max(0, expected);
        _received++;
    }

    public void OnPacket(Instant now, int absSendTime, int bytes, TimeSpan roundTrip)
    {
        _heard = true;
        _rate.Add(now.Microseconds, bytes);
        if (absSendTime >= 0)
        {
            _sent += _lastSendTime < 0 ? 0 : AbsSendTime.MicrosecondsBetween(_lastSendTime, absSendTime);
            _lastSendTime = absSendTime;
            if (_groups.Add(_sent, now.Microseconds, out GroupDelta delta))
            {
                _trend.Add(delta);
                _detector.Update(_trend.Slope, _trend.Count, delta);
            }
        }

        PathUse use = IsLossHeavy(now) ? PathUse.Over : _detector.State;
        if (now - _updatedAt >= s_update || use == PathUse.Over)
        {
            _updatedAt = now;
            _aimd.Update(now, use, _rate.Rate, roundTrip);
            if (now >= _nudgedUntil && Estimate.BitsPerSecond < _told.BitsPerSecond * Urgent)
            {
                _nextAt = now;
            }
        }
    }

    /// <summary>
    /// Tells a clearly different rate for a moment, a lower one if it can: an encoder that reacts to nothing else is made anew.
    /// </summary>
    public void Nudge(Instant now)
    {
        _nudgedUntil = now + s_nudge;
        _nextAt = now;
    }

    public bool TryTake(Instant now, out Bitrate estimate)
    {
        estimate = Estimate;
        if (!_heard || now < _nextAt)
        {
            return false;
        }

        if (now < _nudgedUntil)
        {
            estimate = NudgedFrom(estimate < _told ? estimate : _told);
            _nextAt = _nudgedUntil;
            return true;
        }

        _told = estimate;
        _nextAt = now + s_repeat;
        return true;
    }

    private Bitrate NudgedFrom(Bitrate told)
    {
        bool idle = _rate.Rate is { } came && came.BitsPerSecond < told.BitsPerSecond * Unused;
        return idle && told < s_minNudged
            ? new Bitrate(Math.Max(s_minNudged.BitsPerSecond, (long)(told.BitsPerSecond * NudgedUp)))
            : new Bitrate((long)(Math.Min(told.BitsPerSecond, s_maxNudged.BitsPerSecond) * NudgedDown));
    }

    private bool IsLossHeavy(Instant now)
    {
        if (now - _lossSince < s_lossWindow || _expected < MinExpected)
        {
            return false;
        }

        bool heavy = _received < _expected * (1 - HeavyLoss);
        _expected = 0;
        _received = 0;
        return heavy;
    }
}
