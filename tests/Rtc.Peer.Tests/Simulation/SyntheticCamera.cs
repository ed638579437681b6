using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;

namespace Rtc.Peer.Tests.Simulation;

/// <summary>
/// Stands for a camera with an encoder that keeps to the bitrate it is told: 30 frames a second whose sizes follow the
/// peer's estimate, a key frame first and whenever one is asked for.
/// </summary>
internal sealed class SyntheticCamera : IDisposable
{
    private const int FramesPerSecond = 30;
    private const double KeyFrameFactor = 4;

    private readonly SimulatedEnd _end;
    private readonly EncodedFramePool _pool;
    private readonly string _mid;
    private readonly VideoCodec _codec;
    private readonly Random _random;
    private readonly Action<Instant, PeerEvent>? _before;
    private bool _keyWanted = true;
    private Bitrate _rate = Bitrate.FromKilobits(800);
    private uint _timestamp;
    private bool _stopped;

    public SyntheticCamera(SimulatedWorld world, SimulatedEnd end, string? mid = null, VideoCodec codec = VideoCodec.Vp8)
    {
        _end = end;
        _pool = world.Pool;
        _codec = codec;
        _random = new Random(world.Random.Next());
        _mid = mid ?? end.Peer.Sections.First(section => section is { Kind: MediaKind.Video, Sends: true }).Mid;
        _timestamp = (uint)(world.Now.Microseconds * 9 / 100);
        _before = end.OnEvent;
        end.OnEvent = Watch;
        world.Every(TimeSpan.FromSeconds(1.0 / FramesPerSecond), Shoot);
    }

    public int Sent { get; private set; }

    public long BytesSent { get; private set; }

    /// <summary>Two layers: every other picture may be left out.</summary>
    public bool TwoLayers { get; set; }

    public VideoRotation Rotation { get; set; }

    public ulong CaptureNtp { get; set; }

    /// <summary>The encoder's ceiling, as for a small picture.</summary>
    public Bitrate Ceiling { get; set; } = Bitrate.FromKilobits(2500);

    public void Dispose() => _stopped = true;

    private void Watch(Instant now, PeerEvent happened)
    {
        if (happened.Kind == PeerEventKind.KeyFrameNeeded && happened.Mid == _mid)
        {
            _keyWanted = true;
        }
        else if (happened.Kind == PeerEventKind.BitrateChanged)
        {
            _rate = happened.Bitrate < Ceiling ? happened.Bitrate : Ceiling;
        }

        _before?.Invoke(now, happened);
    }

    private void Shoot(Instant now)
    {
        if (_stopped || !_end.Peer.IsConnected)
        {
            return;
        }

        _timestamp += 90_000 / FramesPerSecond;
        double size = _rate.BitsPerSecond / 8.0 / FramesPerSecond * (0.8 + (0.4 * _random.NextDouble()));
        int length = Math.Max(40, (int)(_keyWanted ? size * KeyFrameFactor : size));
        using EncodedFrame frame = _pool.Rent();
        SyntheticFrame.Fill(frame, _codec, _keyWanted, length, _random);
        frame.RtpTimestamp = _timestamp;
        frame.Rotation = Rotation;
        frame.CaptureNtp = CaptureNtp;
        if (TwoLayers && !_keyWanted && (_timestamp / (90_000 / FramesPerSecond)) % 2 == 1)
        {
            frame.TemporalLayer = 1;
            frame.LayerSync = true;
        }

        _keyWanted = false;
        if (_end.Peer.SendVideo(now, _mid, frame))
        {
            Sent++;
            BytesSent += frame.Length;
        }
    }
}
