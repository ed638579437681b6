using Rtc.Media.Codecs;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Xunit;

namespace Rtc.Pipeline.Tests.Encoding;

/// <summary>Viewers that have no codec in common: one encode for each format, and no more than that.</summary>
public sealed class MixedFormatTests
{
    private readonly Simulation _room = new(new RoomSettings { Mode = ViewMode.Plain });

    [Fact]
    public void Two_formats_are_both_coded_from_each_picture_and_begin_with_key_frames()
    {
        using (_room)
        {
            _room.Controls.OutputFormats = VideoFormats.Vp8 | VideoFormats.H264;
            _room.Controls.ThinFormats = VideoFormats.Vp8 | VideoFormats.H264;
            _room.Controls.ThinKbps = 300;
            _room.Run(0.5);

            foreach (VideoCodec format in (VideoCodec[])[VideoCodec.Vp8, VideoCodec.H264])
            {
                (bool IsKey, uint Timestamp)[] coded =
                [
                    .. _room.Output.Coded.Zip(_room.Output.CodedFormats).Where(one => one.Second == format)
                        .Select(one => (one.First.IsKey, one.First.Timestamp))
                ];
                Assert.Equal([true, .. Enumerable.Repeat(false, coded.Length - 1)], coded.Select(one => one.IsKey));
                Assert.Equal(_room.Counters.Decoded, coded.Length);
                Assert.Equal(_room.Counters.Decoded, _room.Output.ThinFormats.Count(one => one == format));
            }

            Assert.Equal(5, _room.Codecs.Open);
        }
    }

    [Fact]
    public void Key_frame_that_is_asked_for_comes_in_every_format()
    {
        using (_room)
        {
            _room.Controls.OutputFormats = VideoFormats.Vp8 | VideoFormats.H264;
            _room.Run(0.5);
            _room.Controls.RequestKeyFrame();
            _room.Run(0.5);

            Assert.Equal(4, _room.Output.Coded.Count(picture => picture.IsKey));
        }
    }

    [Fact]
    public void Format_that_nobody_needs_any_more_gives_its_encoder_back()
    {
        using (_room)
        {
            _room.Run(0.3);
            Assert.Equal(2, _room.Codecs.Open);
            _room.Controls.OutputFormats = VideoFormats.Vp8 | VideoFormats.H264;
            _room.Run(0.3);
            Assert.Equal(3, _room.Codecs.Open);
            _room.Controls.OutputFormats = VideoFormats.H264;
            int before = _room.Output.Coded.Count;
            long decoded = _room.Counters.Decoded;
            _room.Run(0.3);

            Assert.Equal(2, _room.Codecs.Open);
            Assert.Equal(_room.Counters.Decoded - decoded, _room.Output.Coded.Count - before);
            Assert.All(_room.Output.CodedFormats.Skip(before), format => Assert.Equal(VideoCodec.H264, format));
        }
    }
}
