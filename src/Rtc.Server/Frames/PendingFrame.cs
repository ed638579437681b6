using System.Buffers;

namespace Rtc.Server.Frames;

/// <summary>
/// One coded picture of a client in rented memory, and what its answer has to name. The reader may decode it while it waits;
/// the worker takes what there is.
/// </summary>
internal sealed class PendingFrame(byte[] rented, int start, int length, uint? id, double timestamp, long receivedAt) : IDisposable
{
    private readonly Lock _gate = new();
    private byte[]? _rented = rented;
    private SemaphoreSlim? _place;
    private DecodedFrame? _ahead;
    private bool _taken;

    public uint? Id => id;

    public double Timestamp => timestamp;

    /// <summary>By <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long ReceivedAt => receivedAt;

    /// <summary>Decodes it for the worker; nothing where that was quicker.</summary>
    /// <param name="decoder">The one of all sockets.</param>
    /// <param name="place">Entered by the caller; left when the picture is taken or thrown away.</param>
    public void DecodeAhead(FrameDecoder decoder, SemaphoreSlim place)
    {
        lock (_gate)
        {
            _place = place;
            if (_rented is null || _taken)
            {
                LeavePlace();
                return;
            }

            _ahead = decoder.Decode(_rented.AsSpan(start, length));
        }
    }

    /// <summary>Once; the picture is the caller's.</summary>
    public DecodedFrame Decode(FrameDecoder decoder)
    {
        lock (_gate)
        {
            _taken = true;
            DecodedFrame decoded = _ahead ?? decoder.Decode(_rented.AsSpan(start, length));
            _ahead = null;
            LeavePlace();
            return decoded;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_rented is { } memory)
            {
                _rented = null;
                ArrayPool<byte>.Shared.Return(memory);
            }

            _ahead?.Picture?.Dispose();
            _ahead = null;
            LeavePlace();
        }
    }

    private void LeavePlace()
    {
        _place?.Release();
        _place = null;
    }
}
