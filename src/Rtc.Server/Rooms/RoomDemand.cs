using Rtc.Pipeline;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>What the members of a room need of its pipeline: nobody watching means nothing coded, nobody listening nothing detected.</summary>
internal readonly record struct RoomDemand(bool Video, bool Results, VideoCodec Codec)
{
    public static RoomDemand Of(IReadOnlyList<RoomMember> members)
    {
        bool video = false;
        bool results = false;
        VideoCodec codec = VideoCodec.Vp8;
        for (int i = 0; i < members.Count; i++)
        {
            RoomMember member = members[i];
            results |= member.VisionChannel is not null || (member.Link is not null && member.LostAt is null);
            if (member.Watches(RoomView.Annotated))
            {
                video = true;
                codec = member.SendCodec == VideoCodec.H264 ? VideoCodec.H264 : codec;
            }
        }

        return new RoomDemand(video, results, codec);
    }

    public void ApplyTo(RoomPipeline pipeline)
    {
        pipeline.WantVideo = Video;
        pipeline.WantResults = Results;
        pipeline.SetOutputCodec(Codec);
    }
}
