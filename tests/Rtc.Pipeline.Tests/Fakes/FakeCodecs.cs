using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Pipeline.Decoding;

namespace Rtc.Pipeline.Tests.Fakes;

/// <summary>
/// Codecs for tests: a coded picture is its width, its height and a brightness; the decoder gives a grey picture of that
/// brightness. A brightness of 255 is damage. The encoder writes a few pixels down so that tests see what was drawn.
/// </summary>
internal sealed class FakeCodecs : ICodecFactory
{
    public const byte Damaged = 255;

    public Action? OnDecode { get; set; }

    /// <summary>Called with every picture that is about to be encoded.</summary>
    public Action<Picture>? OnEncode { get; set; }

    /// <summary>The same, with the picture's timestamp.</summary>
    public Action<Picture, uint>? OnEncodeAt { get; set; }

    /// <summary>Draws on every picture that was decoded.</summary>
    public Action<Picture>? Paint { get; set; }

    public int Open { get; private set; }

    public int BitrateKbps { get; private set; }

    public static EncodedFrame Code(
        int width, int height, byte brightness, uint timestamp, bool key, double receivedMs, VideoRotation rotation = VideoRotation.None)
    {
        byte[] data = new byte[9];
        BitConverter.TryWriteBytes(data, width);
        BitConverter.TryWriteBytes(data.AsSpan(4), height);
        data[8] = brightness;
        EncodedFrame frame = Frame(VideoCodec.Vp8, data, timestamp, key);
        frame.Rotation = rotation;
        frame.Arrival = Instant.FromMilliseconds(receivedMs);
        frame.CaptureNtp = NtpTime.FromUnixMilliseconds(receivedMs - 10);
        return frame;
    }

    public static EncodedFrame Frame(VideoCodec codec, ReadOnlySpan<byte> data, uint timestamp, bool key)
    {
        EncodedFrame frame = EncodedFramePool.Shared.Rent(codec, timestamp);
        frame.IsKey = key;
        frame.Append(data);
        return frame;
    }

    public IVideoDecoder CreateDecoder(VideoCodec codec)
    {
        Open++;
        return new Decoder(this);
    }

    public IVideoEncoder CreateEncoder(VideoCodec codec, EncoderSettings settings)
    {
        Open++;
        BitrateKbps = settings.BitrateKbps;
        return new Encoder(this, codec);
    }

    private sealed class Decoder(FakeCodecs owner) : IVideoDecoder
    {
        public DecodeStatus Decode(ReadOnlySpan<byte> data, PicturePool pool, out Picture? picture)
        {
            owner.OnDecode?.Invoke();
            picture = null;
            if (data[8] == Damaged)
            {
                return DecodeStatus.NeedKeyFrame;
            }

            picture = pool.Rent(BitConverter.ToInt32(data), BitConverter.ToInt32(data[4..]));
            for (int y = 0; y < picture.Height; y++)
            {
                picture.RowY(y).Fill(data[8]);
            }

            for (int y = 0; y < picture.ChromaHeight; y++)
            {
                picture.RowU(y).Fill(128);
                picture.RowV(y).Fill(128);
            }

            owner.Paint?.Invoke(picture);
            return DecodeStatus.Picture;
        }

        public void Dispose() => owner.Open--;
    }

    private sealed class Encoder(FakeCodecs owner, VideoCodec codec) : IVideoEncoder
    {
        public VideoCodec Codec => codec;

        public void SetBitrate(int kilobitsPerSecond) => owner.BitrateKbps = kilobitsPerSecond;

        public EncodedFrame? Encode(Picture picture, uint rtpTimestamp, bool forceKey)
        {
            owner.OnEncode?.Invoke(picture);
            owner.OnEncodeAt?.Invoke(picture, rtpTimestamp);
            ReadOnlySpan<byte> data = [picture.RowY(0)[0], forceKey ? (byte)1 : (byte)0];
            return Frame(codec, data, rtpTimestamp, forceKey);
        }

        public void Dispose() => owner.Open--;
    }
}
