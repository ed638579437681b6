using System.Buffers;

namespace Rtc.Media.Codecs;

public enum VideoFormat : byte
{
    None,
    Vp8,
    H264,
}

/// <summary>Clockwise turn that brings a picture upright.</summary>
public enum Rotation : byte
{
    None,
    Clockwise90,
    Clockwise180,
    Clockwise270,
}

/// <summary>One whole compressed picture with its times. It rents its bytes and has one owner, who disposes it.</summary>
public sealed class CodedPicture(VideoFormat format, int capacity) : IDisposable
{
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public VideoFormat Format { get; } = format;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Data => (_buffer ?? throw new ObjectDisposedException(nameof(CodedPicture))).AsSpan(0, Length);

    public uint RtpTimestamp { get; set; }

    public bool IsKey { get; set; }

    public Rotation Rotation { get; set; }

    /// <summary>0 is the base layer; pictures of a higher layer may be left out for a slow viewer.</summary>
    public byte TemporalLayer { get; set; }

    /// <summary>The picture leans on the base layer only: a viewer may climb to this layer here.</summary>
    public bool LayerSync { get; set; }

    /// <summary>Filled in by our encoders; all zero where the picture came from elsewhere.</summary>
    public EncodeStats Stats { get; set; }

    /// <summary>Sender's capture time, milliseconds since 1970, null where it gives none.</summary>
    public double? CaptureMs { get; set; }

    /// <summary>When the last packet arrived here, milliseconds since 1970.</summary>
    public double ReceivedMs { get; set; }

    public static CodedPicture From(VideoFormat format, ReadOnlySpan<byte> data, uint rtpTimestamp, bool isKey = false, Rotation rotation = Rotation.None, double? captureMs = null, double receivedMs = 0)
    {
        var coded = new CodedPicture(format, data.Length)
        {
            RtpTimestamp = rtpTimestamp,
            IsKey = isKey,
            Rotation = rotation,
            CaptureMs = captureMs,
            ReceivedMs = receivedMs,
        };
        coded.Append(data);
        return coded;
    }

    public void Append(ReadOnlySpan<byte> part)
    {
        ObjectDisposedException.ThrowIf(_buffer is null, this);
        if (Length + part.Length > _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + part.Length));
            _buffer.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        part.CopyTo(_buffer.AsSpan(Length));
        Length += part.Length;
    }

    public void Dispose()
    {
        byte[]? buffer = Interlocked.Exchange(ref _buffer, null);
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
