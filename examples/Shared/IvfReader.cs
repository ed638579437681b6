using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Rtc.Bitstream;
using Rtc.Bitstream.H264;
using Rtc.Bitstream.Vp8;

namespace Rtc.Examples;

/// <summary>
/// Reads VP8 or H.264 pictures from an IVF file: 32 bytes of header, then each picture behind 12 bytes of length and time.
/// What the file claims is believed as far as bytes for it are there.
/// </summary>
internal sealed class IvfReader
{
    public const int MaxPictureBytes = 2 * 1024 * 1024;
    private const int HeaderLength = 32;
    private const int PictureHeaderLength = 12;
    private const uint MaxTimeBase = 1_000_000_000;
    private static readonly UInt128 s_maxTicks = 90_000UL * 3600 * 24 * 365;
    private static readonly TimeSpan s_maxGap = TimeSpan.FromSeconds(10);

    private readonly Stream _file;
    private readonly byte[] _part = new byte[16 * 1024];
    private readonly uint _rate;
    private readonly uint _scale;
    private bool _hasTime;

    private IvfReader(Stream file, VideoCodec codec, uint rate, uint scale)
    {
        _file = file;
        Codec = codec;
        _rate = rate;
        _scale = scale;
    }

    public VideoCodec Codec { get; }

    /// <summary>When the picture read last is due, from the file's own zero.</summary>
    public TimeSpan Time { get; private set; }

    /// <summary>Why reading ended before the file did.</summary>
    public string? Error { get; private set; }

    public static bool TryOpen(Stream file, [NotNullWhen(true)] out IvfReader? reader, [NotNullWhen(false)] out string? error)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        reader = null;
        if (file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength || !header.StartsWith("DKIF"u8)
            || BinaryPrimitives.ReadUInt16LittleEndian(header[4..]) != 0
                || BinaryPrimitives.ReadUInt16LittleEndian(header[6..]) != HeaderLength)
        {
            error = "not an IVF file";
            return false;
        }

        VideoCodec codec = header[8..12].SequenceEqual("VP80"u8) ? VideoCodec.Vp8 : header[8..12].SequenceEqual("H264"u8) ? VideoCodec.H264
            : VideoCodec.None;
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        uint scale = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        if (codec == VideoCodec.None || rate is 0 or > MaxTimeBase || scale is 0 or > MaxTimeBase)
        {
            error = codec == VideoCodec.None ? "neither VP8 nor H.264" : "no usable time base";
            return false;
        }

        reader = new IvfReader(file, codec, rate, scale);
        error = null;
        return true;
    }

    /// <summary>The next picture, which is the caller's; false at the end and, with an <see cref="Error"/>, before a damaged one.</summary>
    public bool TryRead([NotNullWhen(true)] out EncodedFrame? picture)
    {
        Span<byte> header = stackalloc byte[PictureHeaderLength];
        picture = null;
        int got = _file.ReadAtLeast(header, PictureHeaderLength, throwOnEndOfStream: false);
        if (got == 0 || Error is not null)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (got < PictureHeaderLength || length is 0 or > MaxPictureBytes)
        {
            Error = got < PictureHeaderLength ? "cut off in a picture's header" : "a picture of impossible length";
            return false;
        }

        // In RTP's 90 kHz; a time stamp has 64 bits, and its product with the scale more.
        UInt128 ticks = (UInt128)BinaryPrimitives.ReadUInt64LittleEndian(header[4..]) * _scale * 90_000 / _rate;
        TimeSpan time = ticks < s_maxTicks ? TimeSpan.FromTicks((long)ticks * 1000 / 9) : TimeSpan.MaxValue;
        if (time == TimeSpan.MaxValue || (_hasTime && (time < Time || time > Time + s_maxGap)))
        {
            Error = "a picture at an impossible time";
            return false;
        }

        EncodedFrame frame = EncodedFramePool.Shared.Rent(Codec, (uint)ticks);
        if (!Fill(frame, (int)length))
        {
            frame.Dispose();
            Error = "cut off in a picture";
            return false;
        }

        frame.IsKey = Codec == VideoCodec.Vp8 ? Vp8FrameHeader.StartsKey(frame.Data) : HoldsIdr(frame.Data);
        (Time, _hasTime) = (time, true);
        picture = frame;
        return true;
    }

    /// <summary>Goes back to a place before a picture; the time begins anew with it.</summary>
    public void Rewind(long position)
    {
        _file.Position = position;
        _hasTime = false;
    }

    private static bool HoldsIdr(ReadOnlySpan<byte> picture)
    {
        var units = new AnnexBReader(picture);
        while (units.Read())
        {
            if (units.Type == NalType.Idr)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Part by part, so that a false length costs no more memory than the file has bytes.</summary>
    private bool Fill(EncodedFrame frame, int length)
    {
        while (frame.Length < length)
        {
            int got = _file.Read(_part, 0, Math.Min(_part.Length, length - frame.Length));
            if (got == 0)
            {
                return false;
            }

            frame.Append(_part.AsSpan(0, got));
        }

        return true;
    }
}
