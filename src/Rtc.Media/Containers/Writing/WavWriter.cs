using System.Buffers.Binary;

namespace Rtc.Media.Containers.Writing;

/// <summary>
/// Writes sound as WAV with 16 bits a sample. The lengths in its header are set as it goes on, so that what was written of a
/// file that was never closed can be played. Owns the stream, which has to be able to seek. For one thread.
/// </summary>
public sealed class WavWriter : IDisposable
{
    private const int HeaderLength = 44;
    private const int SampleBytes = 2;
    private const int PcmFormat = 1;

    /// <summary>RIFF counts its bytes in 32 bits.</summary>
    public const long MaxDataBytes = uint.MaxValue - HeaderLength;

    private readonly Stream _stream;
    private readonly int _channels;
    private byte[] _packed = [];
    private long _dataBytes;

    private WavWriter(Stream stream, int sampleRate, int channels)
    {
        _stream = stream;
        _channels = channels;
        WriteHeader(sampleRate);
    }

    public static WavWriter Create(Stream stream, int sampleRate, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        return new WavWriter(stream, sampleRate, channels);
    }

    /// <summary>Samples of each channel from -1 to 1; what is louder is clipped.</summary>
    /// <returns>False where the format can't hold so much: nothing of it was written.</returns>
    public bool TryWrite(float[][] planes, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(planes.Length, _channels);
        long bytes = (long)count * _channels * SampleBytes;
        if (_dataBytes + bytes > MaxDataBytes)
        {
            return false;
        }

        if (_packed.Length < bytes)
        {
            _packed = new byte[bytes];
        }

        int at = 0;
        for (int i = 0; i < count; i++)
        {
            foreach (float[] plane in planes)
            {
                float sample = float.IsNaN(plane[i]) ? 0 : Math.Clamp(plane[i], -1, 1);
                BinaryPrimitives.WriteInt16LittleEndian(_packed.AsSpan(at), (short)MathF.Round(sample * short.MaxValue));
                at += SampleBytes;
            }
        }

        _stream.Write(_packed, 0, at);
        _dataBytes += at;
        WriteLengths();
        return true;
    }

    public void Dispose() => _stream.Dispose();

    private void WriteHeader(int sampleRate)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        "RIFF"u8.CopyTo(header);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], PcmFormat);
        BinaryPrimitives.WriteInt16LittleEndian(header[22..], (short)_channels);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], sampleRate * _channels * SampleBytes);
        BinaryPrimitives.WriteInt16LittleEndian(header[32..], (short)(_channels * SampleBytes));
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], 8 * SampleBytes);
        "data"u8.CopyTo(header[36..]);
        _stream.Write(header);
        WriteLengths();
    }

    private void WriteLengths()
    {
        Span<byte> length = stackalloc byte[sizeof(uint)];
        long end = _stream.Position;
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)(HeaderLength - 8 + _dataBytes));
        _stream.Position = 4;
        _stream.Write(length);
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)_dataBytes);
        _stream.Position = HeaderLength - length.Length;
        _stream.Write(length);
        _stream.Position = end;
    }
}
