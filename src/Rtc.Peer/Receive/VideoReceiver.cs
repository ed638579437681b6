using System.Buffers.Binary;
using Rtc.Peer.Rtcp;
using Rtc.Peer.Rtp;

namespace Rtc.Peer.Receive;

/// <summary>
/// One incoming video stream: its media SSRC and the RTX SSRC beside it. Keeps the statistics, asks for
/// what is missing, unwraps what was sent again, and asks for a key frame when nothing else helps.
/// Owned and called by the RTP session.
/// </summary>
internal sealed class VideoReceiver : IDisposable
{
    public const int ClockRate = 90_000;

    private const int RtxHeaderLength = 2;

    // The first packets of a key frame may come out of order.
    private static readonly TimeSpan s_patienceAtStart = TimeSpan.FromMilliseconds(40);

    // After this silence the sender's cache no longer has what is missing.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(1);

    private readonly PayloadMap _payloads;
    private readonly FrameAssembler _assembler;
    private readonly NackRegister _missing = new();
    private readonly KeyFrameRequests _keys;
    private readonly bool _nack;
    private readonly RepairTiming _timing = new();
    private SequenceGate _sequences;
    private Instant _lastPacket;
    private Instant _waitingSince;

    public VideoReceiver(Ssrc media, PayloadMap payloads, bool nack, bool fir, EncodedFramePool frames, PacketBufferPool buffers)
    {
        Media = media;
        _payloads = payloads;
        _nack = nack;
        _keys = new KeyFrameRequests(fir);
        _assembler = new FrameAssembler(frames, buffers);
    }

    public Ssrc Media { get; }

    /// <summary>The simulcast layer's name, empty where there is one stream only.</summary>
    public string Rid { get; init; } = "";

    /// <summary>Known from the SDP, or learnt from the first RTX packet.</summary>
    public Ssrc? Rtx { get; set; }

    public ReceptionStatistics Statistics { get; } = new(ClockRate);

    public ReceiverCounters Counters { get; } = new();

    public FrameAssembler Assembler => _assembler;

    public TimeSpan RoundTrip => _timing.RoundTrip;

    public Instant LastPacket => _lastPacket;

    /// <summary>A better-founded figure than our own (from sender reports or STUN).</summary>
    public void HintRoundTrip(TimeSpan roundTrip) => _timing.RoundTrip = roundTrip;

    public void Receive(Instant now, RtpHeaderView packet, HeaderExtensionsView extensions)
    {
        VideoCodec codec = _payloads.Codec(packet.PayloadType);
        if (codec == VideoCodec.None)
        {
            Counters.UnknownPayload++;
            return;
        }

        if (!TryPlace(now, packet.Sequence, out long sequence))
        {
            Counters.Late++;
            return;
        }

        Counters.Packets++;
        _timing.OnPacket();
        Counters.Bytes += packet.PacketLength;
        Statistics.OnPacket(now, sequence, packet.Timestamp);
        Insert(MediaPacket.From(sequence, packet, extensions, codec, now), packet.Payload, resent: false);
    }

    /// <summary>RFC 4588 section 4: the original sequence number, then the original payload.</summary>
    public void ReceiveRtx(Instant now, RtpHeaderView packet, HeaderExtensionsView extensions)
    {
        Counters.RtxPackets++;
        Counters.Bytes += packet.PacketLength;
        VideoCodec codec = _payloads.Codec(_payloads.Original(packet.PayloadType));
        ReadOnlySpan<byte> payload = packet.Payload;
        if (payload.Length < RtxHeaderLength || codec == VideoCodec.None)
        {
            return; // padding, sent to probe the path
        }

        long newest = _sequences.Newest;
        if (!_sequences.TryTakeAgain(BinaryPrimitives.ReadUInt16BigEndian(payload), out long sequence))
        {
            return;
        }

        if (sequence > newest)
        {
            NoteGap(now, newest + 1, sequence);
        }

        Insert(MediaPacket.From(sequence, packet, extensions, codec, now), payload[RtxHeaderLength..], resent: true);
    }

    public void OnSenderReport(Instant now, SenderInfo info) => Statistics.OnSenderReport(now, info);

    public bool TryTakeFrame(out EncodedFrame frame)
    {
        if (!_assembler.TryTakeFrame(out frame))
        {
            return false;
        }

        Counters.Frames++;
        if (frame.IsKey)
        {
            Counters.KeyFrames++;
            _keys.Came();
        }

        if (frame.CaptureNtp == 0)
        {
            frame.CaptureNtp = Statistics.NtpOf(frame.RtpTimestamp);
        }

        return true;
    }

    /// <summary>A decoder that failed or was just made asks for a key frame.</summary>
    public void RequestKeyFrame(Instant now)
    {
        _keys.Want();
        Decide(now);
    }

    /// <summary>Time passes: waits end, requests become due.</summary>
    public void Advance(Instant now) => Decide(now);

    /// <summary>When a NACK or a PLI is to be sent.</summary>
    public Instant RtcpDeadline => _keys.IsPending ? default : _nack ? _missing.Deadline : Instant.Never;

    /// <summary>When a wait ends and <see cref="Advance"/> has to decide.</summary>
    public Instant NextDeadline
    {
        get
        {
            Instant at = Instant.Never;
            if (_keys.Wanted && _lastPacket + s_silence > _keys.NextAsk)
            {
                at = Instant.Min(at, _keys.NextAsk);
            }

            if (_assembler.WaitingForKey && _sequences.Started && !_keys.Wanted)
            {
                at = Instant.Min(at, _waitingSince + s_patienceAtStart);
            }

            if (_assembler.BlockedSince != Instant.Never)
            {
                Instant soon = _assembler.BlockedSince + _timing.KeyPatience;
                at = Instant.Min(at, _keys.Wanted ? _assembler.BlockedSince + _timing.GiveUpAfter : soon);
            }

            return at;
        }
    }

    /// <summary>Whether a PLI is to be sent now; asking takes it.</summary>
    public bool TakePli()
    {
        bool pending = _keys.TakePli();
        Counters.Plis += pending ? 1 : 0;
        return pending;
    }

    /// <summary>Whether a FIR goes with it.</summary>
    public bool TryTakeFir(out byte sequence) => _keys.TryTakeFir(out sequence);

    /// <summary>Whether neither was answered, so that only another bitrate may bring a key frame; asking takes it.</summary>
    public bool TakeNudge() => _keys.TakeNudge();

    /// <summary>The sequence numbers to ask for now.</summary>
    public int TakeNacks(Instant now, Span<ushort> due)
    {
        if (!_nack || now < _missing.Deadline)
        {
            return 0;
        }

        int count = _missing.TakeDue(now, _timing.RoundTrip, due, _timing.IsLossy);
        Counters.Nacked += count;
        return count;
    }

    public void Dispose() => _assembler.Dispose();

    private bool TryPlace(Instant now, ushort number, out long sequence)
    {
        long newest = _sequences.Newest;
        switch (_sequences.Take(number, out sequence))
        {
            case SequenceStep.Doubted:
                return false;
            case SequenceStep.First:
                _waitingSince = now;
                break;
            case SequenceStep.Ahead when sequence > newest + 1:
                NoteGap(now, newest + 1, sequence);
                break;
            case SequenceStep.Restarted:
                Statistics.Restart();
                _missing.Clear();
                _assembler.WaitForKey(sawDelta: true);
                break;
            default:
                break;
        }

        _lastPacket = now;
        return true;
    }

    private void NoteGap(Instant now, long from, long until)
    {
        if (now - _lastPacket > s_silence || !_missing.TryAddGap(from, until, now + _timing.ReorderWait))
        {
            _missing.Clear();
            if (!_assembler.WaitingForKey)
            {
                _assembler.WaitForKey(sawDelta: true);
            }
        }
    }

    private void Insert(in MediaPacket packet, ReadOnlySpan<byte> payload, bool resent)
    {
        if (_missing.TryRemove(packet.Sequence, out int tries, out Instant? askedAt))
        {
            // Without an RTX stream what was asked for comes under its old number.
            Learn(packet.Arrival, resent || (Rtx is null && tries > 0), tries, askedAt);
        }

        bool waited = _assembler.WaitingForKey;
        switch (_assembler.Insert(packet, payload))
        {
            case InsertResult.Late:
                Counters.Late++;
                break;
            case InsertResult.Duplicate:
                Counters.Duplicates++;
                break;
            case InsertResult.Malformed:
                Counters.Malformed++;
                break;
            default:
                break;
        }

        if (!waited && _assembler.WaitingForKey)
        {
            _waitingSince = packet.Arrival;
        }

        if (_missing.Count > 0)
        {
            _missing.RemoveBefore(_assembler.Next);
        }

        Decide(packet.Arrival);
    }

    private void Learn(Instant now, bool resent, int tries, Instant? askedAt)
    {
        if (resent)
        {
            Counters.Repaired++;
            _timing.OnRepaired(now, askedAt);
        }
        else if (tries > 0)
        {
            _timing.OnMerelyLate(now, askedAt);
        }
    }

    private void Decide(Instant now)
    {
        if (_assembler.WaitingForKey)
        {
            if (_sequences.Started && (_assembler.SawDelta || now - _waitingSince >= s_patienceAtStart))
            {
                _keys.Want();
            }
        }
        else if (_assembler.BlockedSince != Instant.Never)
        {
            Instant since = _assembler.BlockedSince;
            bool patienceEnds = now >= since + _timing.KeyPatience;
            if (now >= since + _timing.JumpPatience && !_assembler.TryResume(keysToo: patienceEnds) && patienceEnds)
            {
                _keys.Want();
                if (now >= since + _timing.GiveUpAfter)
                {
                    _missing.Clear();
                    _assembler.WaitForKey(sawDelta: true);
                    _waitingSince = now;
                }
            }
        }

        if (now - _lastPacket < s_silence)
        {
            _keys.Ask(now, _timing.RoundTrip);
        }
        else
        {
            _keys.NotBefore(_lastPacket + s_silence);
        }
    }
}
