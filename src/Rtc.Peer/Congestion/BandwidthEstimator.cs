using Rtc.Peer.Rtcp;

namespace Rtc.Peer.Congestion;

/// <summary>
/// What the path to the other side carries. Fed with every packet sent and with whatever the receiver
/// says (transport-wide feedback, or REMB and receiver reports); gives a target for the encoder that
/// moves only when it matters, a pacing rate, and probes to send.
/// </summary>
internal sealed class BandwidthEstimator
{
    // Fast while the path is calm, so that a frame doesn't wait; hardly above the estimate while a queue
    // drains, or repairs would keep it full.
    private const double PacingFactor = 2.5;
    private const double DrainingFactor = 1.15;

    /// <summary>IPv4, UDP and the SRTP tag: they take room on the path too.</summary>
    private const int Overhead = 20 + 8 + 16;

    // Below these the encoder isn't bothered: reconfiguring it costs quality.
    private const double NoticedDecrease = 0.97;
    private const double NoticedIncrease = 1.05;
    private const long ReferenceCycle = (1L << 24) * TransportFeedbackReader.ReferenceMicroseconds;

    private const double HeavyLoss = 0.3;
    private const double SomeLoss = 0.02;
    private static readonly TimeSpan s_longWait = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan s_draining = TimeSpan.FromMilliseconds(1000);
    private static readonly TimeSpan s_rembLife = TimeSpan.FromSeconds(5);

    private readonly SentPackets _sent = new();
    private readonly ArrivalGroups _groups = new();
    private readonly Trendline _trend = new();
    private readonly OveruseDetector _detector = new();
    private readonly AcknowledgedRate _acknowledged = new();
    private readonly AimdRate _delay;
    private readonly LossRate _loss = new();
    private readonly StandingQueue _queue = new();
    private readonly Probe _probe = new();
    private readonly ProbePlan _plan = new();
    private readonly Bitrate _least;
    private readonly Bitrate _most;
    private Bitrate? _remb;
    private Instant _rembAt;
    private Instant _lastOveruse = new(-10_000_000);
    private long _arrivalOffset;
    private long _lastArrival;
    private bool _hasArrival;
    private bool _hasFeedback;
    private double _averagePacket = 800;

    public BandwidthEstimator(Bitrate start, Bitrate least, Bitrate most)
    {
        _least = least;
        _most = most;
        _delay = new AimdRate(start);
        Estimate = start;
        Target = start;
    }

    /// <summary>Everything on the wire, headers included.</summary>
    public Bitrate Estimate { get; private set; }

    /// <summary>For the encoder: payload only, with hysteresis.</summary>
    public Bitrate Target { get; private set; }

    public Bitrate PacingRate(Instant now)
    {
        bool draining = now - _lastOveruse < s_draining || _loss.Loss > HeavyLoss;
        return new((long)(Math.Max(Estimate.BitsPerSecond, 100_000) * (draining ? DrainingFactor : PacingFactor)));
    }

    public Bitrate? Acknowledged => _acknowledged.Rate;

    public double Loss => _loss.Loss;

    public PathUse Use => _detector.State;

    /// <summary>Packets wait long and some are dropped: what is lost is lost to what we send, which sending more makes worse.</summary>
    private bool HasFullQueue => _queue.Wait > s_longWait && _loss.Loss > SomeLoss;

    public TimeSpan RoundTrip { get; set; } = TimeSpan.FromMilliseconds(100);

    public bool HasFeedback => _hasFeedback;

    public Probe Probe => _probe;

    public ushort NextNumber => (ushort)_sent.Next;

    public void OnSent(Instant now, int bytes, bool numbered)
    {
        bytes += Overhead;
        _averagePacket += (bytes - _averagePacket) / 64;
        if (!numbered)
        {
            return;
        }

        _sent.Add(now, bytes, _probe.Active ? _probe.Id : 0);
        if (_probe.Active)
        {
            _probe.OnSent(now, bytes);
        }
    }

    /// <summary>Starts a probe when it is time for one; the session then fills it.</summary>
    public void Advance(Instant now)
    {
        if (_remb is not null && now - _rembAt > s_rembLife)
        {
            _remb = null;
        }

        if (_probe.TryFinish(now, out Bitrate? measured))
        {
            OnProbe(now, measured);
        }

        if (_hasFeedback && !_probe.AwaitsResult && Estimate < _most && now >= _plan.Next(_lastOveruse, _loss.Loss))
        {
            _probe.Start(now, ProbePlan.RateFor(Estimate, _most));
            _plan.OnStarted(now);
        }
    }

    public Instant NextDeadline =>
        _probe.Active ? _probe.NextSend
        : _hasFeedback && !_probe.AwaitsResult && Estimate < _most ? _plan.Next(_lastOveruse, _loss.Loss)
        : Instant.Never;

    public void OnFeedback(Instant now, TransportFeedbackReader feedback)
    {
        _hasFeedback = true;
        Account(feedback);
        _queue.Update(now);
        if (_probe.TryFinish(now, out Bitrate? measured))
        {
            OnProbe(now, measured);
        }

        PathUse use = HasFullQueue ? PathUse.Over : _detector.State;
        if (use == PathUse.Over)
        {
            _lastOveruse = now;
        }

        Bitrate before = _delay.Rate;
        _delay.Update(now, use, _acknowledged.Rate, RoundTrip);
        if (_delay.Rate < before)
        {
            _plan.OnDecrease(now);
        }

        _loss.Update(now, Estimate, RoundTrip);
        Publish();
    }

    /// <summary>What became of each packet that the message speaks of; one may be said to be lost and then come after all.</summary>
    private void Account(TransportFeedbackReader feedback)
    {
        int expected = 0;
        int lost = 0;
        while (feedback.TryRead(out ushort number, out bool received, out long arrival))
        {
            ref SentPacket packet = ref _sent.Find(number, out bool found);
            if (!found || packet.Fate == PacketFate.Acknowledged)
            {
                continue;
            }

            if (!received)
            {
                if (packet.Fate == PacketFate.InFlight)
                {
                    packet.Fate = PacketFate.Lost;
                    expected++;
                    lost++;
                }

                continue;
            }

            if (packet.Fate == PacketFate.Lost)
            {
                lost--;
            }
            else
            {
                expected++;
            }

            packet.Fate = PacketFate.Acknowledged;
            if (arrival != TransportFeedbackReader.UnknownTime)
            {
                OnArrived(packet, Unwrap(arrival));
            }
        }

        _loss.Add(expected, lost);
    }

    /// <summary>From receiver reports; counts only where transport-wide feedback doesn't say it better.</summary>
    public void OnReport(Instant now, byte fractionLost)
    {
        if (_hasFeedback)
        {
            return;
        }

        _loss.OnReport(now, fractionLost, Estimate, RoundTrip);
        if (_remb is null)
        {
            // Nothing tells of delay: creep up while nothing is lost.
            _delay.Update(now, PathUse.Normal, null, RoundTrip);
        }

        Publish();
    }

    public void OnRemb(Instant now, Bitrate bitrate)
    {
        if (_remb is { } before && bitrate.BitsPerSecond < before.BitsPerSecond * NoticedDecrease)
        {
            _lastOveruse = now; // the receiver saw a queue grow
        }

        _remb = bitrate;
        _rembAt = now;
        if (!_hasFeedback)
        {
            _delay.Set(now, bitrate);
        }

        Publish();
    }

    private void OnArrived(in SentPacket packet, long arrival)
    {
        _acknowledged.Add(arrival, packet.Bytes);
        _queue.Add(packet.SentAt.Microseconds, arrival);
        if (packet.Probe != 0 && packet.Probe == _probe.Id && _probe.AwaitsResult)
        {
            _probe.OnArrived(packet.SentAt, arrival, packet.Bytes);
        }

        if (_groups.Add(packet.SentAt.Microseconds, arrival, out GroupDelta delta))
        {
            _trend.Add(delta);
            _detector.Update(_trend.Slope, _trend.Count, delta);
        }
    }

    private void OnProbe(Instant now, Bitrate? measured)
    {
        _plan.OnResult(now, _probe.Rate, measured, Estimate);
        if (measured is not { } rate || _detector.State == PathUse.Over)
        {
            return;
        }

        // Less than the estimate is news too, where the path and not the sender set the speed: an encoder
        // that needs little lets the estimate drift above what was ever tested.
        bool lower = _probe.Saturated && rate < Estimate && (_acknowledged.Rate is not { } came || rate > came);
        if (rate > Estimate || lower)
        {
            _delay.Set(now, rate);
            _loss.Lift(rate);
            Publish();
        }
    }

    private void Publish()
    {
        long bits = Math.Min(_delay.Rate.BitsPerSecond, _loss.Limit?.BitsPerSecond ?? long.MaxValue);
        bits = Math.Min(bits, _remb?.BitsPerSecond ?? long.MaxValue);
        Estimate = new Bitrate(Math.Clamp(bits, _least.BitsPerSecond, _most.BitsPerSecond));

        // Header (with extensions about 36 bytes) and transport are no payload.
        double payload = Math.Max(0.6, (_averagePacket - Overhead - 36) / _averagePacket);
        double target = Estimate.BitsPerSecond * payload;
        if (target < Target.BitsPerSecond * NoticedDecrease || target > Target.BitsPerSecond * NoticedIncrease)
        {
            Target = new Bitrate((long)target);
        }
    }

    /// <summary>The feedback's clock wraps every twelve days.</summary>
    private long Unwrap(long arrival)
    {
        if (_hasArrival)
        {
            long difference = arrival + _arrivalOffset - _lastArrival;
            if (difference < -ReferenceCycle / 2)
            {
                _arrivalOffset += ReferenceCycle;
            }
            else if (difference > ReferenceCycle / 2)
            {
                _arrivalOffset -= ReferenceCycle;
            }
        }

        _hasArrival = true;
        _lastArrival = arrival + _arrivalOffset;
        return _lastArrival;
    }
}
