using System.Buffers.Binary;
using Rtc.Bitstream;
using Rtc.Bitstream.H264;
using Rtc.Bitstream.Vp8;

namespace Rtc.Examples;

/// <summary>
/// Writes pictures into an IVF file, in RTP's time base of 90 kHz. Begins with the first key frame, whose size goes into the
/// header; takes no more than <see cref="MaxBytes"/>. Owns the file.
/// </summary>
internal sealed class IvfWriter(Stream file) : IDisposable
{
    public const long MaxBytes = 1L << 30;
    private const int CountAt = 24;
    private VideoCodec _codec;
    private uint _lastTimestamp;
    private long _time;
    private uint _pictures;

    /// <summary>False where the picture can't be of use: nothing before it, another codec, or the file is full.</summary>
    public bool TryWrite(EncodedFrame picture)
    {
        if (_pictures == 0 ? !TryBegin(picture) : picture.Codec != _codec || file.Position + picture.Length > MaxBytes)
        {
            return false;
        }

        _time = Math.Max(0, _time + (int)(picture.RtpTimestamp - _lastTimestamp));
        _lastTimestamp = picture.RtpTimestamp;
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(header, picture.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header[4..], _time);
        file.Write(header);
        file.Write(picture.Data);
        _pictures++;
        return true;
    }

    public void Dispose()
    {
        if (_pictures > 0)
        {
            Span<byte> count = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(count, _pictures);
            file.Position = CountAt;
            file.Write(count);
        }

        file.Dispose();
    }

    private bool TryBegin(EncodedFrame picture)
    {
        if (!picture.IsKey || !TryGetSize(picture, out int width, out int height))
        {
            return false;
        }

        Span<byte> header = stackalloc byte[32];
        header.Clear();
        "DKIF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)header.Length);
        (picture.Codec == VideoCodec.Vp8 ? "VP80"u8 : "H264"u8).CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt16LittleEndian(header[12..], (ushort)width);
        BinaryPrimitives.WriteUInt16LittleEndian(header[14..], (ushort)height);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 90_000);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        file.Write(header);
        _codec = picture.Codec;
        _lastTimestamp = picture.RtpTimestamp;
        return true;
    }

    private static bool TryGetSize(EncodedFrame picture, out int width, out int height)
    {
        if (picture.Codec == VideoCodec.Vp8)
        {
            bool read = Vp8FrameHeader.TryParse(picture.Data, out Vp8FrameHeader header);
            (width, height) = (header.Width, header.Height);
            return read && header.IsKey;
        }

        var units = new AnnexBReader(picture.Data);
        while (units.Read())
        {
            if (SpsView.TryParse(units.Current, out SpsView parameters))
            {
                (width, height) = (parameters.Width, parameters.Height);
                return true;
            }
        }

        (width, height) = (0, 0);
        return false;
    }
}
