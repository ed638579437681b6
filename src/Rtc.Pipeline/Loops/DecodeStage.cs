using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Loops;

/// <summary>
/// Turns coded frames into upright pictures with a place in time, asks for the key frames that this needs and measures what
/// comes in. Owned by the <see cref="RenderStage"/>, whose loop calls it.
/// </summary>
internal sealed class DecodeStage(
    RoomPipelineOptions options, ICodecFactory codecs, PicturePool pool, IPipelineOutput output, RoomControls controls,
    PipelineCounters counters, TimeProvider time) : IDisposable
{
    /// <summary>Asked again no sooner than this while none comes.</summary>
    private const double KeyFrameRetryMs = 500;

    /// <summary>A camera whose pictures were refused is asked for another key frame after this: it may have become smaller.</summary>
    private const double RefusedRetryMs = 5000;

    private IVideoDecoder? _decoder;
    private MediaTimeline _timeline;
    private bool _needKey = true;
    private double _askedForKeyMs = double.NegativeInfinity;

    /// <summary>What the frames are coded in.</summary>
    public VideoCodec Codec { get; private set; }

    public SourceMeter Source { get; } = new();

    /// <summary>The next picture, upright; null where there is none, and then a key frame was asked for if one is missing.</summary>
    public Picture? Decode(EncodedFrame coded, out PictureInfo info)
    {
        info = default;
        double receivedMs = options.OriginUnixMs + coded.Arrival.Milliseconds;
        long ticks = _timeline.Next(coded.RtpTimestamp, receivedMs);
        if (_needKey && !coded.IsKey)
        {
            counters.DroppedWithoutKey++;
            AskForKeyFrame();
            return null;
        }

        IVideoDecoder decoder = DecoderOf(coded.Codec);
        counters.Arrival.Add(time.Milliseconds() - receivedMs);
        long before = time.GetTimestamp();
        if (Decompress(decoder, coded) is not { } picture)
        {
            return null;
        }

        _needKey = false;
        Source.Add(ticks, coded.Length, decoder.Quantizer);
        if (coded.Rotation != VideoRotation.None)
        {
            using Picture lying = picture;
            picture = PictureOps.Rotate(lying, coded.Rotation, pool);
        }

        double took = time.GetElapsedTime(before).TotalMilliseconds;
        counters.Decode.Add(took);
        output.OnStage("decode", took);
        counters.Decoded++;
        counters.Width = picture.Width;
        counters.Height = picture.Height;
        info = new PictureInfo(counters.Decoded - 1, coded.RtpTimestamp, ticks, coded.CaptureNtp, receivedMs);
        return picture;
    }

    /// <summary>A key frame is missing: ask for it, but not with every picture.</summary>
    public void AskForKeyFrame()
    {
        double now = time.Milliseconds();
        if (now - _askedForKeyMs >= KeyFrameRetryMs)
        {
            _askedForKeyMs = now;
            counters.KeyFramesRequested++;
            output.OnKeyFrameNeeded();
        }
    }

    /// <summary>The decoder's references are stale from here on.</summary>
    public void BeginAnew() => _needKey = true;

    public void Dispose()
    {
        // What throws here is not disposed a second time.
        IVideoDecoder? decoder = _decoder;
        _decoder = null;
        decoder?.Dispose();
    }

    private IVideoDecoder DecoderOf(VideoCodec codec)
    {
        if (_decoder is null || Codec != codec)
        {
            _decoder?.Dispose();
            _decoder = codecs.CreateDecoder(codec);
            Codec = codec;
        }

        return _decoder;
    }

    /// <summary>As the frame has it, not turned; null where there is none.</summary>
    private Picture? Decompress(IVideoDecoder decoder, EncodedFrame coded)
    {
        switch (decoder.Decode(coded.Data, pool, out Picture? picture))
        {
            case DecodeStatus.NeedKeyFrame:
                counters.DecodeFailures++;
                _needKey = true;
                AskForKeyFrame();
                break;
            case DecodeStatus.TooLarge:
                Refuse(new PipelineNotice(
                    "picture_too_large",
                    $"The camera's pictures are larger than this server takes (Limits:MaxPixels={options.MaxPixels}).",
                    Recoverable: true));
                break;
            case DecodeStatus.NoMemory:
                Refuse(new PipelineNotice(
                    "picture_memory",
                    "The server has no memory for pictures of the camera's size now (Limits:MemoryMegabytes); smaller ones may pass.",
                    Recoverable: true));
                break;
        }

        return picture;
    }

    private void Refuse(PipelineNotice notice)
    {
        counters.DecodeFailures++;
        _needKey = true;
        _askedForKeyMs = time.Milliseconds() + RefusedRetryMs - KeyFrameRetryMs;
        controls.NoticeOnce(output, notice);
    }
}
