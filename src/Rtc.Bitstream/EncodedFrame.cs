namespace Rtc.Bitstream;

/// <summary>
/// One whole encoded picture, in memory of an <see cref="EncodedFramePool"/>. What rented it fills it and holds the one
/// reference; from then on nothing changes it. A frame that goes to a decoder and to many viewers lies in memory once, so
/// references are counted: each further holder calls <see cref="AddReference"/>, and each calls <see cref="Dispose"/> once.
/// The last of them returns it to the pool.
/// </summary>
public sealed class EncodedFrame : IDisposable
{
    private readonly EncodedFramePool _pool;
    private byte[] _buffer;
    private int _references;

    internal EncodedFrame(EncodedFramePool pool, int capacity)
    {
        _pool = pool;
        _buffer = new byte[capacity];
    }

    public VideoCodec Codec { get; set; }

    /// <summary>RTP time at 90 kHz.</summary>
    public uint RtpTimestamp { get; set; }

    public bool IsKey { get; set; }

    public VideoRotation Rotation { get; set; }

    /// <summary>Temporal layer, 0 being the base; pictures of a higher layer may be left out for a viewer.</summary>
    public byte TemporalLayer { get; set; }

    /// <summary>VP8's Y bit: this picture depends on the base layer only.</summary>
    public bool LayerSync { get; set; }

    /// <summary>When the last packet of the frame arrived; of a frame that was encoded here it says nothing.</summary>
    public Instant Arrival { get; set; }

    /// <summary>Capture time by the sender's wall clock as a 64-bit NTP value, 0 where the sender gives none.</summary>
    public ulong CaptureNtp { get; set; }

    /// <summary>What our encoders say of it; all zero where it came from elsewhere.</summary>
    public EncodeStats Stats { get; set; }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Data => _buffer.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    public void Append(ReadOnlySpan<byte> part)
    {
        if (Length + part.Length > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + part.Length));
        }

        part.CopyTo(_buffer.AsSpan(Length));
        Length += part.Length;
    }

    public void AddReference() => Interlocked.Increment(ref _references);

    public void Dispose()
    {
        int left = Interlocked.Decrement(ref _references);
        ObjectDisposedException.ThrowIf(left < 0, this);
        if (left == 0)
        {
            _pool.Return(this);
        }
    }

    internal void Lease()
    {
        _references = 1;
        Length = 0;
        Codec = VideoCodec.None;
        RtpTimestamp = 0;
        IsKey = false;
        Rotation = VideoRotation.None;
        TemporalLayer = 0;
        LayerSync = false;
        Arrival = default;
        CaptureNtp = 0;
        Stats = default;
    }

    internal int Capacity => _buffer.Length;
}
