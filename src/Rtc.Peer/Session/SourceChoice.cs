using Rtc.Bitstream.H264;
using Rtc.Bitstream.Vp8;
using Rtc.Peer.Receive;

namespace Rtc.Peer.Session;

/// <summary>
/// Which stream of a section is taken, where its sender sends several: a browser's layers of a simulcast, those of a sender
/// that does not heed what was agreed on, or a new SSRC after an old one. A decoder can't be given two, so it changes at key
/// frames alone: to a picture that is no smaller, and to any once the stream of before is silent. Owned by the section.
/// </summary>
internal sealed class SourceChoice
{
    // A slow camera's pictures are closer together than this.
    private static readonly TimeSpan s_silence = TimeSpan.FromMilliseconds(500);

    private VideoReceiver? _taken;
    private long _pixels;

    /// <summary>Another stream is taken, and is heard.</summary>
    public bool IsAside(Instant now, VideoReceiver stream) =>
        _taken is not null && _taken != stream && now - _taken.LastPacket < s_silence;

    /// <summary>Whether a picture of this stream is to be handed on.</summary>
    public bool Takes(Instant now, VideoReceiver stream, EncodedFrame frame)
    {
        if (_taken == stream && !frame.IsKey)
        {
            return true;
        }

        if (!frame.IsKey)
        {
            if (!IsAside(now, stream))
            {
                stream.RequestKeyFrame(now);
            }

            return false;
        }

        long pixels = PixelsOf(frame);
        if (IsAside(now, stream) && pixels < _pixels)
        {
            return false;
        }

        (_taken, _pixels) = (stream, pixels);
        return true;
    }

    /// <summary>The stream is over.</summary>
    public void Forget(VideoReceiver stream) => _taken = _taken == stream ? null : _taken;

    private static long PixelsOf(EncodedFrame key)
    {
        if (key.Codec == VideoCodec.Vp8)
        {
            return Vp8FrameHeader.TryParse(key.Data, out Vp8FrameHeader header) ? (long)header.Width * header.Height : 0;
        }

        long pixels = 0;
        var units = new AnnexBReader(key.Data);
        while (units.Read())
        {
            if (units.Type == NalType.Sps && SpsView.TryParse(units.Current, out SpsView sps))
            {
                pixels = Math.Max(pixels, (long)sps.Width * sps.Height);
            }
        }

        return pixels;
    }
}
