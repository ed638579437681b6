using Rtc.Peer.Primitives;
using Rtc.Peer.Rtp;
using Rtc.Peer.Sdp;
using Rtc.Peer.Session;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Rtp;

/// <summary>Several streams that come in one section, as a simulcast's layers do, or a new SSRC after an old one.</summary>
public sealed class SeveralStreamsTests : IDisposable
{
    private const string Mid = "0";
    private static readonly TimeSpan s_picture = TimeSpan.FromMilliseconds(33);

    private readonly EncodedFramePool _pool = new();
    private readonly RtpSession _viewer;
    private readonly RtpSession _large;
    private readonly RtpSession _small;
    private readonly byte[] _buffer = new byte[1500];
    private Instant _now = new(1_000_000);
    private uint _time;

    public SeveralStreamsTests()
    {
        _viewer = Session(3);
        _viewer.Configure([Section(0) with { Receives = true }]);
        _large = Camera(1, 0x1111);
        _small = Camera(2, 0x2222);
    }

    public void Dispose()
    {
        _viewer.Dispose();
        _large.Dispose();
        _small.Dispose();
    }

    [Fact]
    public void The_largest_of_streams_side_by_side_is_taken_alone()
    {
        Assert.Equal("320", Show(_small, 320, key: true));
        Assert.Equal("640", Show(_large, 640, key: true));
        Assert.Equal("", Show(_small, 320, key: false) + Show(_small, 320, key: true) + Show(_small, 320, key: false));
        Assert.Equal("d640d", Show(_large, 640, key: false) + Show(_large, 640, key: true) + Show(_large, 640, key: false));
    }

    [Fact]
    public void A_smaller_stream_takes_over_with_a_key_frame_once_the_larger_is_silent()
    {
        Show(_small, 320, key: true);
        Show(_large, 640, key: true);
        for (int picture = 0; picture < 14; picture++)
        {
            Assert.Equal("", Show(_small, 320, key: false));
        }

        long asked = _viewer.Stats.PlisOut;
        Assert.Equal("", Show(_small, 320, key: false) + Show(_small, 320, key: false));
        Assert.True(_viewer.Stats.PlisOut > asked, "no key frame was asked for");
        Assert.Equal("320d", Show(_small, 320, key: true) + Show(_small, 320, key: false));
    }

    [Fact]
    public void A_new_stream_of_the_same_size_is_taken_with_its_first_picture()
    {
        Assert.Equal("640d", Show(_large, 640, key: true) + Show(_large, 640, key: false));
        Assert.Equal("640d", Show(_small, 640, key: true) + Show(_small, 640, key: false));
    }

    private static RtpSection Section(uint ssrc)
    {
        var map = new ExtensionMap();
        map.TryAdd(1, RtpExtension.Mid);
        return new RtpSection
        {
            Mid = Mid, Codecs = [new RtpCodec(96, VideoCodec.Vp8)], Extensions = map, SendSsrc = new Ssrc(ssrc), ReducedSize = true,
        };
    }

    private RtpSession Session(int seed)
    {
        var options = new RtpSessionOptions
        {
            Cname = "end", Random = SeededRandom.Of(seed), Frames = _pool, NtpAtOrigin = 0xE9000000_00000000,
        };
        var session = new RtpSession(options, _now);
        session.SetConnected(true);
        return session;
    }

    private RtpSession Camera(int seed, uint ssrc)
    {
        RtpSession camera = Session(seed);
        camera.Configure([Section(ssrc) with { Sends = true }]);
        return camera;
    }

    /// <summary>What the viewer is shown of one picture: a key frame's width, "d" for another, nothing where it is left out.</summary>
    private string Show(RtpSession camera, int width, bool key)
    {
        _now += s_picture;
        _time += 3000;
        using (EncodedFrame frame = TestFrames.Vp8(_pool, _time, key, 400, width: width))
        {
            Assert.True(camera.SendVideo(_now, Mid, frame));
        }

        camera.Advance(_now);
        while (camera.TryTakePacket(_now, _buffer, out int length, out bool isRtcp))
        {
            if (!isRtcp)
            {
                _viewer.ReceiveRtp(_now, _buffer.AsSpan(0, length));
            }
        }

        _viewer.Advance(_now);
        while (_viewer.TryTakePacket(_now, _buffer, out _, out _))
        {
        }

        string shown = "";
        while (_viewer.TryTakeEvent(out RtpEvent happened))
        {
            if (happened.Frame is { } frame)
            {
                shown += frame.IsKey ? $"{frame.Data[6] | (frame.Data[7] << 8)}" : "d";
                frame.Dispose();
            }
        }

        return shown;
    }
}
