using Rtc.Media.Codecs;
using Rtc.Peer;
using Rtc.Pipeline;
using Rtc.Pipeline.Settings;

namespace Rtc.Server.Rooms;

/// <summary>
/// The fewest formats in which a group of viewers can be served: one that all of them take, VP8 first, else the first of
/// each. Pure.
/// </summary>
internal struct CommonFormat()
{
    private VideoFormats _common = VideoFormats.Vp8 | VideoFormats.H264;
    private VideoFormats _first;

    public readonly VideoFormats Formats =>
        _common.HasFlag(VideoFormats.Vp8) ? VideoFormats.Vp8
        : _common != VideoFormats.None ? _common
        : _first;

    public void Add(RoomMember member)
    {
        if (member.Takes != VideoFormats.None)
        {
            Add(member.Takes, member.SendCodecs[0].AsSet());
        }
    }

    /// <param name="takes">All that it takes.</param>
    /// <param name="first">Which it would rather have.</param>
    public void Add(VideoFormats takes, VideoFormats first)
    {
        _common &= takes;
        _first |= first;
    }

    /// <summary>Whether a picture in this codec is the member's, where the group is served in these formats.</summary>
    public static bool IsFor(RoomMember member, VideoCodec codec, VideoFormats formats) =>
        member.SendCodecs is [var first, ..]
        && (first == codec || (!formats.HasFlag(first.AsSet()) && member.SendCodecs.Contains(codec)));
}
