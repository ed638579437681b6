using Rtc.Pipeline.Settings;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// Which copies of one view a node takes from the room's owner for those who watch it there: one in a codec that all of them take, else
/// two. Pure.
/// </summary>
/// <param name="First">What those take that are served from the first copy; the owner chooses, as for any viewer. None where no copy is
/// needed.</param>
/// <param name="Second">The codec of the second copy, for those who take no other; none where the first one serves everybody.</param>
internal readonly record struct FeedPlan(VideoFormats First, VideoFormats Second)
{
    private const VideoFormats All = VideoFormats.Vp8 | VideoFormats.H264;

    /// <summary>
    /// The first copy is to be in the camera's codec even where its link is too thin for the camera's own pictures. Else the owner, which
    /// codes it then together with the second one and for viewers of others, would choose by these; a second copy would be needed by that
    /// or not any more, for which the owner would choose anew, and so on.
    /// </summary>
    public bool InCameraCodec { get; init; }

    /// <param name="members">All members of the room here.</param>
    /// <param name="view">The view.</param>
    /// <param name="comes">What the first copy is in at the moment; none where no picture has come.</param>
    public static FeedPlan Of(IReadOnlyList<RoomMember> members, RoomView view, VideoFormats comes)
    {
        bool isWatched = false;
        (bool hasBoth, bool hasVp8, bool hasH264) = (false, false, false);
        for (int i = 0; i < members.Count; i++)
        {
            if (members[i].View == view)
            {
                VideoFormats takes = members[i].Takes;
                isWatched = true;
                hasBoth |= takes == All;
                hasVp8 |= takes == VideoFormats.Vp8;
                hasH264 |= takes == VideoFormats.H264;
            }
        }

        if (!isWatched)
        {
            return default;
        }

        // The source goes over as it comes wherever somebody takes it so. What the owner draws it codes anyway: once, if that will do.
        VideoFormats first = view == RoomView.Source && hasBoth ? All
            : hasVp8 ? VideoFormats.Vp8
            : hasH264 ? VideoFormats.H264
            : All;
        VideoFormats now = first == All ? comes : first;
        VideoFormats second = now == VideoFormats.Vp8 && hasH264 ? VideoFormats.H264
            : now == VideoFormats.H264 && hasVp8 ? VideoFormats.Vp8
            : VideoFormats.None;
        return new FeedPlan(first, second) { InCameraCodec = first == All && (hasVp8 || hasH264) };
    }

    /// <summary>Whether it can be served from the second copy alone.</summary>
    public bool NeedsSecond(RoomMember member) => Second != VideoFormats.None && member.Takes == Second;

    /// <summary>What the first or the second copy is to be in.</summary>
    public VideoFormats Of(bool isSecond) => isSecond ? Second : First;
}
