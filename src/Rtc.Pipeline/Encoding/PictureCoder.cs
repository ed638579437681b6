using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Encoding;

/// <summary>
/// The render loop's encoder of one codec with what it was last told. It begins with a key frame when it is opened and
/// after a <see cref="Rest"/>. Owned by <see cref="FormatCoders"/>.
/// </summary>
internal sealed class PictureCoder(RoomPipelineOptions options, ICodecFactory codecs, VideoCodec codec) : IDisposable
{
    /// <summary>The encoder is told of a change from an n-th of its rate on, not of each waver of the source.</summary>
    private const int RateSteps = 16;

    private IVideoEncoder? _encoder;
    private int _kbps;
    private bool _needKey = true;
    private bool _hadInterest;

    public VideoCodec Codec => codec;

    /// <summary>No viewer gets what would be encoded now: the next viewer needs a key frame.</summary>
    public void Rest() => _needKey = true;

    /// <summary>How the next picture is to be coded.</summary>
    public void Prepare(Picture picture, int kbps, int minQuantizer, int temporalLayers)
    {
        if (_encoder is null)
        {
            _encoder = codecs.CreateEncoder(codec, new EncoderSettings
            {
                Width = picture.Width,
                Height = picture.Height,
                FramesPerSecond = options.FramesPerSecond,
                BitrateKbps = kbps,
                TemporalLayers = temporalLayers,
            });
            _kbps = kbps;
            _needKey = true;
        }
        else if (Math.Abs(kbps - _kbps) * RateSteps >= _kbps)
        {
            _encoder.SetBitrate(kbps);
            _kbps = kbps;
        }

        _encoder.SetMinQuantizer(minQuantizer);
        _encoder.SetTemporalLayers(temporalLayers);
    }

    /// <summary>The subject gets its bits and the rest may be so much coarser; null treats all alike again.</summary>
    public void SetInterest(Mask? subject, int coarseness)
    {
        if (subject is not null || _hadInterest)
        {
            _encoder!.SetInterest(subject, coarseness);
            _hadInterest = subject is not null;
        }
    }

    /// <summary>Null where the encoder left the picture out. The caller owns what is returned.</summary>
    public EncodedFrame? Code(Picture picture, in PictureInfo info, bool key)
    {
        _needKey |= key;
        EncodedFrame? coded = _encoder!.Encode(picture, info.RtpTimestamp, _needKey);
        if (coded is null)
        {
            return null;
        }

        coded.CaptureNtp = info.CaptureNtp;
        _needKey &= !coded.IsKey;
        return coded;
    }

    /// <summary>Lets the encoder go; coding may begin anew after it. One that throws here is not disposed a second time.</summary>
    public void Dispose()
    {
        IVideoEncoder? encoder = _encoder;
        (_encoder, _needKey, _hadInterest) = (null, true, false);
        encoder?.Dispose();
    }
}
