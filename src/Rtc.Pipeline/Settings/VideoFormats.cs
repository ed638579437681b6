using Rtc.Media.Codecs;

namespace Rtc.Pipeline.Settings;

/// <summary>The formats that a room's viewers have to be served in; one, unless no format is common to all of them.</summary>
[Flags]
public enum VideoFormats : byte
{
    None = 0,
    Vp8 = 1,
    H264 = 2,
}

/// <summary>From formats to a set of them.</summary>
public static class VideoFormatSets
{
    public static VideoFormats AsSet(this VideoCodec format) => format switch
    {
        VideoCodec.Vp8 => VideoFormats.Vp8,
        VideoCodec.H264 => VideoFormats.H264,
        _ => VideoFormats.None,
    };

    public static VideoFormats AsSet(this IEnumerable<VideoCodec> formats) =>
        formats.Aggregate(VideoFormats.None, (all, format) => all | format.AsSet());
}
