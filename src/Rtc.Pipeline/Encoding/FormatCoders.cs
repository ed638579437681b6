using Rtc.Media.Codecs;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Encoding;

/// <summary>
/// The encoders of one view of the room: one for each format that its viewers need, in most rooms one alone. A format that
/// no viewer needs any more gives its encoder back. Owned by the render loop.
/// </summary>
internal sealed class FormatCoders(RoomPipelineOptions options, ICodecFactory codecs) : IDisposable
{
    private readonly PictureCoder[] _all = [new(options, codecs, VideoCodec.Vp8), new(options, codecs, VideoCodec.H264)];
    private VideoFormats _wanted;
    private PictureCoder[] _coders = [];

    /// <summary>Those that the next picture has to go through.</summary>
    public ReadOnlySpan<PictureCoder> For(VideoFormats wanted)
    {
        if (_wanted != wanted)
        {
            _wanted = wanted;
            _coders = [.. _all.Where(coder => wanted.HasFlag(coder.Codec.AsSet()))];
            foreach (PictureCoder idle in _all.Except(_coders))
            {
                idle.Dispose();
            }
        }

        return _coders;
    }

    /// <summary>Nobody gets what would be coded now.</summary>
    public void Rest()
    {
        foreach (PictureCoder coder in _all)
        {
            coder.Rest();
        }
    }

    /// <summary>Lets all encoders go; coding may begin anew after it.</summary>
    public void Dispose()
    {
        foreach (PictureCoder coder in _all)
        {
            coder.Dispose();
        }
    }
}
