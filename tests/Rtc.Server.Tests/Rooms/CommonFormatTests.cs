using Rtc.Peer;
using Rtc.Pipeline;
using Rtc.Pipeline.Settings;
using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>In which formats a room is coded follows from what its viewers take.</summary>
public sealed class CommonFormatTests
{
    private static readonly VideoCodec[] s_vp8 = [VideoCodec.Vp8];
    private static readonly VideoCodec[] s_h264 = [VideoCodec.H264];
    private static readonly VideoCodec[] s_both = [VideoCodec.Vp8, VideoCodec.H264];
    private static readonly VideoCodec[] s_h264First = [VideoCodec.H264, VideoCodec.Vp8];

    public static TheoryData<VideoCodec[][], VideoFormats> Rooms => new()
    {
        { [], VideoFormats.Vp8 },
        { [s_vp8], VideoFormats.Vp8 },
        { [s_h264], VideoFormats.H264 },
        { [s_both, s_h264First], VideoFormats.Vp8 },
        { [s_both, s_h264], VideoFormats.H264 },
        { [s_h264First, s_vp8], VideoFormats.Vp8 },
        { [s_vp8, s_h264], VideoFormats.Vp8 | VideoFormats.H264 },
        { [s_h264, s_both, s_vp8], VideoFormats.Vp8 | VideoFormats.H264 },
        { [s_vp8, []], VideoFormats.Vp8 },
    };

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Fewest_formats_serve_everybody_with_one_codec_each(VideoCodec[][] room, VideoFormats wanted)
    {
        RoomMember[] members = [.. room.Select(Watching)];
        VideoFormats formats = RoomDemand.Of(members).Formats;

        Assert.Equal(wanted, formats);
        VideoCodec[] coded = [.. s_both.Where(codec => formats.HasFlag(codec.AsSet()))];
        Assert.All(
            members,
            member => Assert.Equal(member.SendCodecs.Count == 0 ? 0 : 1, coded.Count(codec => CommonFormat.IsFor(member, codec, formats))));
    }

    [Fact]
    public void Viewer_of_the_source_leaves_a_phone_that_it_cannot_read_and_comes_back()
    {
        var route = new SourceRoute();
        var now = new Instant(1);
        Assert.True(route.LeaveSource());
        Assert.False(route.LeaveSource());
        Assert.True(route.AwaitsCodedKey);
        Assert.False(route.TakesCoded(isKey: false, 1));
        Assert.True(route.TakesCoded(isKey: true, 2));
        Assert.True(route.TakesCoded(isKey: false, 3));

        // Another phone, whose codec it takes and which its link carries.
        bool isDue = false;
        for (int tenth = 0; tenth < 50; tenth++)
        {
            now += TimeSpan.FromMilliseconds(100);
            isDue |= route.Update(now, link: 2000, whole: 1000, baseLayer: 600);
        }

        Assert.True(isDue && route.AwaitsSource);
        Assert.True(route.LeaveSource() is false && !route.AwaitsSource);
        Assert.True(route.IsCoded);
    }

    private static RoomMember Watching(VideoCodec[] codecs) =>
        new(
            PeerId.Create(), Role.Viewer, RoomView.Annotated, string.Empty,
            "resume") { Messages = new MessageRate(200), SendMid = "0", SendCodecs = codecs, IsConnected = true };
}
