using Rtc.Pipeline;
using Rtc.Pipeline.Settings;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// What the members of a room, its recording, its clips and its rules need of its pipeline: nobody watching means nothing coded,
/// nobody listening nothing detected.
/// </summary>
internal readonly record struct RoomDemand(bool Video, bool Results, VideoFormats Formats)
{
    /// <summary>Another node's pipeline does it, in the codec that a feed is in.</summary>
    public static RoomDemand Relayed => new(Video: false, Results: false, VideoFormats.Vp8);

    public static RoomDemand Of(IReadOnlyList<RoomMember> members, RoomRecorder? recorder = null, bool hasRules = false)
    {
        bool video = recorder is { WantsVideo: true };
        bool results = hasRules || recorder?.Current is not null || recorder?.Clips.Last.IsAsked == true;
        var format = new CommonFormat();
        if (video)
        {
            // One codec for the whole of a recording, whoever comes to watch meanwhile.
            format.Add(VideoFormats.Vp8, VideoFormats.Vp8);
        }

        for (int i = 0; i < members.Count; i++)
        {
            RoomMember member = members[i];
            results |= member.VisionChannel is not null || (member.Link is not null && member.LostAt is null);
            if (member.Watches(RoomView.Annotated))
            {
                video = true;
                format.Add(member);
            }
        }

        return new RoomDemand(video, results, format.Formats);
    }

    public void ApplyTo(RoomPipeline pipeline)
    {
        pipeline.WantVideo = Video;
        pipeline.WantResults = Results;
        pipeline.OutputFormats = Formats;
    }
}
