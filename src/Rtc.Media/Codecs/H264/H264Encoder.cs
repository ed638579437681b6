using System.Diagnostics;
using Rtc.Bitstream.H264;
using Rtc.Media.Codecs.Av;
using Rtc.Media.Native;

namespace Rtc.Media.Codecs.H264;

/// <summary>
/// I420 to H.264 constrained baseline (annex B): by the graphics card's NVENC where there is one that has room for one
/// more stream, else by x264, and by x264 from the next picture on where the card gives up. One temporal layer. Chroma
/// has half the size, so of an odd size the last row or column stays away.
/// </summary>
public sealed unsafe class H264Encoder : IVideoEncoder
{
    private const int ClockRate = 90_000;

    // Encoders tell quality in lambda units: quantizer × 118.
    private const int LambdaOfQuantizer = 118;

    private readonly AvLibrary _library = AvLibrary.Instance;
    private readonly EncoderSettings _settings;
    private H264Writer _writer;
    private Mask? _subject;
    private int _strength;
    private int _bitrate;
    private bool _bitrateChanged;
    private bool _cardFailed;
    private bool _needKey;
    private bool _started;
    private bool _disposed;
    private uint _lastRtp;
    private double _elapsed;
    private long _pts;

    public H264Encoder(EncoderSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.FramesPerSecond, 1);
        _settings = settings;
        _bitrate = Math.Max(1, settings.BitrateKbps);
        _writer = Open(settings.Width, settings.Height);
    }

    public VideoCodec Codec => VideoCodec.H264;

    /// <summary>libx264 or h264_nvenc.</summary>
    public string Implementation => _writer.Name;

    public void SetBitrate(int kilobitsPerSecond)
    {
        kilobitsPerSecond = Math.Max(1, kilobitsPerSecond);
        _bitrateChanged |= kilobitsPerSecond != _bitrate;
        _bitrate = kilobitsPerSecond;
    }

    public void SetInterest(Mask? subject, int strength)
    {
        _subject = strength > 0 ? subject : null;
        _strength = Math.Clamp(strength, 0, 63);
    }

    public EncodedFrame? Encode(Picture picture, uint rtpTimestamp, bool forceKey)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Even(picture.Width) != _writer.Width || Even(picture.Height) != _writer.Height)
        {
            Reopen(picture);
        }

        if (_bitrateChanged)
        {
            _writer.SetRate(_bitrate);
            _bitrateChanged = false;
        }

        AdvanceClock(rtpTimestamp);
        long before = Stopwatch.GetTimestamp();
        int result = _writer.Encode(picture, _pts, forceKey || _needKey, _subject, _strength, out byte* packet);
        if (result < 0 && result != AvLibrary.TryAgain && _writer.OnCard)
        {
            // The card is gone or out of memory: no picture is lost for it.
            _cardFailed = true;
            Reopen(picture);
            result = _writer.Encode(picture, _pts, true, _subject, _strength, out packet);
        }

        if (result == AvLibrary.TryAgain)
        {
            return null;
        }

        if (result < 0)
        {
            throw new InvalidOperationException(
                $"{Implementation} refuses a picture at {picture.Width}×{picture.Height}: {_library.ErrorText(result)}");
        }

        _needKey = false;
        return Take(packet, rtpTimestamp, Stopwatch.GetElapsedTime(before).TotalMilliseconds);
    }

    public void Dispose()
    {
        _disposed = true;
        _writer.Dispose();
    }

    private void Reopen(Picture picture)
    {
        // First the old one goes: a card counts its streams.
        _writer.Dispose();
        _writer = Open(picture.Width, picture.Height);
    }

    private H264Writer Open(int width, int height)
    {
        (width, height) = (Even(width), Even(height));
        _needKey = true;
        _bitrateChanged = false;
        string? problem = null;
        AvDevice? card = _cardFailed || _settings.Hardware == CodecHardware.Off ? null : AvDevice.Instance;
        H264Writer? writer = card is null ? null : H264Writer.Open(_library, card, _settings, width, height, _bitrate, out problem);
        return writer
            ?? H264Writer.Open(_library, null, _settings, width, height, _bitrate, out problem)
            ?? throw new NativeLibraryMissingException($"no H.264 encoder: {problem}");
    }

    private static int Even(int size) => Math.Max(2, size & ~1);

    private void AdvanceClock(uint rtpTimestamp)
    {
        _elapsed += _started ? Math.Clamp((int)(rtpTimestamp - _lastRtp), 1, ClockRate) : 0;
        _started = true;
        _lastRtp = rtpTimestamp;
        _pts = Math.Max(_pts + 1, (long)Math.Round(_elapsed * _settings.FramesPerSecond / ClockRate));
    }

    private EncodedFrame Take(byte* packet, uint rtpTimestamp, double milliseconds)
    {
        var data = new ReadOnlySpan<byte>(*(byte**)(packet + AvLayout.Packet.Data), *(int*)(packet + AvLayout.Packet.Size));
        EncodedFrame coded = _settings.Frames.Rent(VideoCodec.H264, rtpTimestamp);
        coded.IsKey = (*(int*)(packet + AvLayout.Packet.Flags) & AvLayout.Packet.FlagKey) != 0;

        // x264 signs its first key picture with half a kilobyte of settings: nobody needs it on the wire.
        if (coded.IsKey)
        {
            var units = new AnnexBReader(data);
            while (units.Read())
            {
                if (units.Type != NalType.Sei)
                {
                    coded.Append(AnnexBReader.StartCode);
                    coded.Append(units.Current);
                }
            }
        }
        else
        {
            coded.Append(data);
        }

        nuint size;
        byte* quality = _library.PacketSideData(packet, AvLayout.Packet.SideDataQuality, &size);
        int quantizer = quality is not null && size >= sizeof(int) ? *(int*)quality / LambdaOfQuantizer : -1;
        coded.Stats = new EncodeStats(coded.Length, quantizer, milliseconds, 0);
        return coded;
    }
}
