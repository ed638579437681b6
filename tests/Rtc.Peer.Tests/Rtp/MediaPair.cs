using Rtc.Peer.Primitives;
using Rtc.Peer.Rtp;
using Rtc.Peer.Session;
using Rtc.Peer.Tests.Simulation;

namespace Rtc.Peer.Tests.Rtp;

/// <summary>
/// A camera and a viewer: two sessions, two simulated paths, an encoder that obeys the sender's target.
/// Runs in virtual time and checks each frame that comes out against the one that went in.
/// </summary>
internal sealed class MediaPair : IDisposable
{
    public const string Mid = "0";
    private const int FramesPerSecond = 30;

    private readonly Random _random;
    private readonly byte[] _buffer = new byte[1500];
    private readonly RtpSection _section;
    private readonly Dictionary<uint, byte[]> _sentFrames = [];
    private long _nextFrame;
    private bool _keyWanted = true;
    private int _frameIndex;
    private double _encoderRate;
    private long _lastDelivered = -1;
    private Instant? _lastDeliveredAt;

    public MediaPair(
        int seed, VideoCodec codec = VideoCodec.Vp8, bool rtx = true, bool transportCc = true, bool remb = false, bool fir = false,
        Bitrate? start = null)
    {
        _random = new Random(seed);
        Codec = codec;
        Forward = new SimulatedPath(seed * 7 + 1);
        Back = new SimulatedPath(seed * 7 + 2);
        ExtensionMap map = new();
        map.TryAdd(1, RtpExtension.Mid);
        map.TryAdd(2, RtpExtension.AbsSendTime);
        map.TryAdd(4, RtpExtension.AbsCaptureTime);
        map.TryAdd(5, RtpExtension.PlayoutDelay);
        map.TryAdd(6, RtpExtension.VideoOrientation);
        if (transportCc)
        {
            map.TryAdd(3, RtpExtension.TransportSequence);
        }

        RtpCodec negotiated = new(96, codec) { RtxPayloadType = rtx ? (byte)97 : null, Remb = remb, Fir = fir, TransportCc = transportCc };
        _section = new()
        {
            Mid = Mid,
            Codecs = [negotiated],
            Extensions = map,
            SendSsrc = new Ssrc(0x1111),
            SendRtxSsrc = rtx ? new Ssrc(0x2222) : null,
            ReducedSize = true,
        };
        Sender = new RtpSession(
            new RtpSessionOptions
            {
                Cname = "camera",
                Random = SeededRandom.Of(seed),
                Frames = Pool,
                NtpAtOrigin = 0xE9000000_00000000,
                StartBitrate = start ?? Bitrate.FromKilobits(1000),
            }, default);
        Viewer = new RtpSession(
            new RtpSessionOptions
            {
                Cname = "viewer",
                Random = SeededRandom.Of(seed + 1),
                Frames = Pool,
                NtpAtOrigin = 0xE9000000_00000000,
            }, default);
        Sender.Configure([_section with { Sends = true }]);
        Viewer.Configure([_section with { Receives = true }]);
        Sender.SetConnected(true);
        Viewer.SetConnected(true);
        Now = new Instant(1_000_000);
        _nextFrame = Now.Microseconds;
    }

    public EncodedFramePool Pool { get; } = new();

    public VideoCodec Codec { get; }

    public RtpSession Sender { get; }

    public RtpSession Viewer { get; }

    public SimulatedPath Forward { get; }

    public SimulatedPath Back { get; }

    public Instant Now { get; private set; }

    public bool Encoding { get; set; } = true;

    /// <summary>What the encoder makes at most, whatever the target says.</summary>
    public Bitrate EncoderMost { get; set; } = Bitrate.FromKilobits(2500);

    /// <summary>An encoder shared with faster viewers: it doesn't listen to this one.</summary>
    public Bitrate? EncoderFixed { get; set; }

    /// <summary>An encoder that makes no key frame when asked, only anew: as soon as its bitrate is to change by over a tenth.</summary>
    public bool EncoderIsDeaf { get; set; }

    /// <summary>Pictures alternate between the base layer and one above it.</summary>
    public bool TwoLayers { get; set; }

    public int Delivered { get; private set; }

    public int KeysDelivered { get; private set; }

    public int Made { get; private set; }

    public int KeysMade { get; private set; }

    public int TargetChanges { get; private set; }

    public TimeSpan LongestFreeze { get; private set; }

    public TimeSpan LongestDelay { get; private set; }

    public List<string> Errors { get; } = [];

    public Action<EncodedFrame>? OnFrame { get; set; }

    public Action? EveryStep { get; set; }

    public void Run(TimeSpan time)
    {
        Instant until = Now + time;
        int still = 0;
        while (true)
        {
            Instant next = Instant.Min(
                Instant.Min(Forward.Next, Back.Next), Instant.Min(Sender.NextDeadline(Now), Viewer.NextDeadline(Now)));
            next = Instant.Min(next, new Instant(_nextFrame));
            if (next > until)
            {
                Now = until;
                return;
            }

            still = next <= Now ? still + 1 : 0;
            if (still > 50)
            {
                throw new InvalidOperationException(
                    $"no progress at {Now.Milliseconds} ms: sender {Sender.NextDeadline(Now)}, viewer {Viewer.NextDeadline(Now)}, its "
                        + $"RTCP {Viewer.Receiving.RtcpDeadline}, its waits {Viewer.Receiving.NextDeadline}, arrivals "
                        + $"{Viewer.Receiving.Arrivals.Deadline}, key {Viewer.Receiving.Streams.Receivers[0].Assembler.WaitingForKey}, "
                        + $"blocked {Viewer.Receiving.Streams.Receivers[0].Assembler.BlockedSince}");
            }

            Now = next > Now ? next : Now;
            Step();
        }
    }

    /// <summary>The same stream under other payload types; the sender hears of it a moment after the viewer.</summary>
    public void Renegotiate(byte payloadType, byte rtxType)
    {
        RtpSection section = _section with { Codecs = [_section.Codecs[0] with { PayloadType = payloadType, RtxPayloadType = rtxType }] };
        Viewer.Configure([section with { Receives = true }]);
        Run(TimeSpan.FromMilliseconds(20));
        Sender.Configure([section with { Sends = true }]);
    }

    /// <summary>What follows is judged by itself.</summary>
    public void ForgetFreezes() => LongestFreeze = TimeSpan.Zero;

    public void Dispose()
    {
        Sender.Dispose();
        Viewer.Dispose();
    }

    private void Step()
    {
        while (Forward.TryReceive(Now, out byte[] packet))
        {
            Give(Viewer, packet);
        }

        while (Back.TryReceive(Now, out byte[] packet))
        {
            Give(Sender, packet);
        }

        Sender.Advance(Now);
        Viewer.Advance(Now);
        if (Now.Microseconds >= _nextFrame)
        {
            _nextFrame += 1_000_000 / FramesPerSecond;
            if (Encoding)
            {
                Encode();
            }
        }

        Drain(Sender, Forward);
        Drain(Viewer, Back);
        EveryStep?.Invoke();
    }

    private void Give(RtpSession session, byte[] packet)
    {
        // RFC 5761 section 4: RTCP's types lie between 192 and 223.
        if (packet[1] is >= 192 and <= 223)
        {
            session.ReceiveRtcp(Now, packet);
        }
        else
        {
            session.ReceiveRtp(Now, packet);
        }

        TakeEvents(session);
    }

    private void Drain(RtpSession session, SimulatedPath path)
    {
        TakeEvents(session);
        while (session.TryTakePacket(Now, _buffer, out int length, out _))
        {
            path.Send(Now, _buffer.AsSpan(0, length));
        }
    }

    private void TakeEvents(RtpSession session)
    {
        while (session.TryTakeEvent(out RtpEvent occurred))
        {
            switch (occurred.Kind)
            {
                case RtpEventKind.KeyFrameNeeded:
                    _keyWanted = true;
                    break;
                case RtpEventKind.BitrateChanged:
                    TargetChanges++;
                    break;
                case RtpEventKind.VideoFrame:
                    Check(occurred.Frame!);
                    occurred.Frame!.Dispose();
                    break;
                default:
                    break;
            }
        }
    }

    private void Encode()
    {
        long target = EncoderFixed?.BitsPerSecond ?? Math.Min(Sender.TargetBitrate.BitsPerSecond, EncoderMost.BitsPerSecond);
        int usual = (int)(target / 8 / FramesPerSecond);
        bool key = _keyWanted;
        if (EncoderIsDeaf)
        {
            key = Math.Abs(target - _encoderRate) > 0.1 * _encoderRate;
            _encoderRate = key ? target : _encoderRate;
        }

        int length = (int)(usual * (key ? 5 : 0.7 + (_random.NextDouble() * 0.6)));
        _keyWanted = false;
        uint timestamp = (uint)(0xFFFF_0000 + (_frameIndex * 3000L));
        int layer = TwoLayers && !key ? _frameIndex % 2 : 0;
        using EncodedFrame frame = Codec == VideoCodec.Vp8
            ? TestFrames.Vp8(Pool, timestamp, key, length, layer, sync: layer > 0)
            : TestFrames.H264(Pool, timestamp, key, length);
        frame.CaptureNtp = 0xE9000000_00000000 + NtpTime.FromMicroseconds(Now.Microseconds);
        _frameIndex++;
        Made++;
        KeysMade += key ? 1 : 0;
        if (Sender.SendVideo(Now, Mid, frame))
        {
            _sentFrames[timestamp] = frame.Data.ToArray();
        }

        TakeEvents(Sender);
    }

    private void Check(EncodedFrame frame)
    {
        long index = (frame.RtpTimestamp - 0xFFFF_0000L + (frame.RtpTimestamp < 0xFFFF_0000 ? 1L << 32 : 0)) / 3000;
        if (index <= _lastDelivered)
        {
            Errors.Add($"frame {index} after {_lastDelivered}");
        }

        if (!_sentFrames.TryGetValue(frame.RtpTimestamp, out byte[]? sent) || !frame.Data.SequenceEqual(sent))
        {
            Errors.Add($"frame {index} differs from what was sent");
        }

        if (_lastDelivered < 0 && !frame.IsKey)
        {
            Errors.Add("began without a key frame");
        }

        _lastDelivered = index;
        Delivered++;
        KeysDelivered += frame.IsKey ? 1 : 0;
        if (_lastDeliveredAt is { } before && Now - before > LongestFreeze)
        {
            LongestFreeze = Now - before;
        }

        TimeSpan delay = Now - new Instant(1_000_000 + (index * (1_000_000 / FramesPerSecond)));
        LongestDelay = delay > LongestDelay ? delay : LongestDelay;
        _lastDeliveredAt = Now;
        OnFrame?.Invoke(frame);
    }
}
