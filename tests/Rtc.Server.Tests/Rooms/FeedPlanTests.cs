using Rtc.Pipeline.Settings;
using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>Which copies of a view a node takes for viewers of other codecs.</summary>
public sealed class FeedPlanTests
{
    private const VideoFormats None = VideoFormats.None;
    private const VideoFormats Vp8 = VideoFormats.Vp8;
    private const VideoFormats H264 = VideoFormats.H264;
    private const VideoFormats Both = Vp8 | H264;

    [Theory]
    [InlineData("", None, None)]
    [InlineData("?", Both, None)]
    [InlineData("B", Both, None)]
    [InlineData("V", Vp8, None)]
    [InlineData("H", H264, None)]
    [InlineData("BV?", Vp8, None)]
    [InlineData("BH", H264, None)]
    [InlineData("VH", Vp8, H264)]
    [InlineData("BVH", Vp8, H264)]
    internal void What_is_drawn_comes_once_where_one_codec_serves_all(string viewers, VideoFormats first, VideoFormats second) =>
        Assert.All([None, Vp8, H264], comes => Assert.Equal(new FeedPlan(first, second), Plan(RoomView.Annotated, viewers, comes)));

    [Theory]
    [InlineData("?V", None, Vp8, None)]
    [InlineData("VH", H264, Vp8, H264)]
    [InlineData("B", H264, Both, None)]
    internal void Source_comes_as_it_is_for_those_who_take_both(
        string viewers, VideoFormats comes, VideoFormats first, VideoFormats second) =>
        Assert.Equal(new FeedPlan(first, second), Plan(RoomView.Source, viewers, comes));

    /// <summary>Else the owner, by what it codes for a thin link, would make a second copy needed or not with every picture.</summary>
    [Theory]
    [InlineData("BVH", Vp8, H264)]
    [InlineData("BVH", H264, Vp8)]
    [InlineData("BV", None, None)]
    [InlineData("BV", Vp8, None)]
    [InlineData("BV", H264, Vp8)]
    [InlineData("BH", Vp8, H264)]
    [InlineData("BH", H264, None)]
    internal void First_keeps_to_the_camera_where_a_second_may_be_needed(string viewers, VideoFormats comes, VideoFormats second) =>
        Assert.Equal(new FeedPlan(Both, second) { InCameraCodec = true }, Plan(RoomView.Source, viewers, comes));

    [Theory]
    [InlineData("BVH", Vp8)]
    [InlineData("BVH", H264)]
    [InlineData("VH", Vp8)]
    internal void Everybody_is_served_from_one_copy_that_it_can_read(string viewers, VideoFormats comes)
    {
        RoomMember[] members = Members(RoomView.Source, viewers);
        var plan = FeedPlan.Of(members, RoomView.Source, comes);
        VideoFormats first = plan.First == Both ? comes : plan.First;

        Assert.All(members, member => Assert.NotEqual(None, member.Takes & (plan.NeedsSecond(member) ? plan.Second : first)));
    }

    private static FeedPlan Plan(RoomView view, string viewers, VideoFormats comes) =>
        FeedPlan.Of([.. Members(view, viewers), .. Members(1 - view, "VH")], view, comes);

    /// <summary>B takes both codecs, V and H one; of ? that is not known yet.</summary>
    private static RoomMember[] Members(RoomView view, string viewers) =>
    [
        .. viewers.Select(viewer => new RoomMember(PeerId.Create(), Role.Viewer, view, string.Empty, string.Empty)
        {
            Messages = new MessageRate(1),
            SendCodecs = viewer switch
            {
                'B' => [VideoCodec.Vp8, VideoCodec.H264],
                'V' => [VideoCodec.Vp8],
                'H' => [VideoCodec.H264],
                _ => [],
            },
        }),
    ];
}
