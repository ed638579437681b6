using System.Buffers.Binary;

namespace Rtc.Peer.Srtp;

internal enum SrtpResult : byte
{
    Ok,
    Malformed,
    Replayed,
    Forged,

    /// <summary>A new SSRC where there are too many already.</summary>
    TooManyStreams,
}

/// <summary>
/// Protects what a peer sends and opens what it receives (RFC 3711). Owns the ciphers of both directions and the indices
/// of every stream; a stream is remembered only after its first packet proved to be genuine.
/// </summary>
internal sealed class SrtpSession : IDisposable
{
    public const int MaxPacketBytes = 2048;
    public const int MaxOverhead = 20;

    // Ours come from descriptions, one or two for a section.
    private const int MaxSent = 256;
    private const int RtpHeaderLength = 12;
    private const int RtcpHeaderLength = 8;
    private const int IndexLength = 4;
    private const uint EncryptedFlag = 0x8000_0000;
    private const uint MaxRtcpIndex = 0x7FFF_FFFF;

    private readonly ISrtpCipher _outgoing;
    private readonly ISrtpCipher _incoming;
    private readonly bool _repeatsAllowed;
    private readonly bool _indexIsLast;
    private readonly Dictionary<uint, SrtpStream> _sent = [];
    private readonly ReceivedStreams _received = new();
    private readonly ReceivedStreams _receivedReports = new();
    private uint _nextRtcpIndex;

    public SrtpSession(SrtpKeys keys)
    {
        Profile = keys.Profile;
        _outgoing = CreateCipher(keys.Profile, keys.Local);
        _incoming = CreateCipher(keys.Profile, keys.Remote);

        // Under GCM a nonce used for two packets gives the authentication key away; in counter mode it reveals nothing new.
        _repeatsAllowed = keys.Profile != SrtpProfile.AeadAes128Gcm;
        _indexIsLast = keys.Profile == SrtpProfile.AeadAes128Gcm;
    }

    public SrtpProfile Profile { get; }

    public int StreamCount => _received.Count + _receivedReports.Count;

    /// <summary>Protects in place; the buffer needs <see cref="MaxOverhead"/> bytes of room behind the packet.</summary>
    public bool TryProtectRtp(Span<byte> buffer, int length, out int protectedLength)
    {
        protectedLength = 0;
        int header = HeaderLength(buffer[..length]);
        if (header < 0 || buffer.Length < length + _outgoing.RtpOverhead)
        {
            return false;
        }

        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(buffer[8..]);
        ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]);
        if (!_sent.TryGetValue(ssrc, out SrtpStream? stream))
        {
            if (_sent.Count >= MaxSent)
            {
                return false;
            }

            stream = new SrtpStream();
            _sent.Add(ssrc, stream);
        }

        long index = stream.Estimate(sequence);
        if (index < 0)
        {
            return false;
        }

        int end = _outgoing.ProtectRtp(buffer, length, header, ssrc, index);
        if (!_repeatsAllowed && !stream.MayGo(index, BinaryPrimitives.ReadUInt64BigEndian(buffer[(end - sizeof(ulong))..])))
        {
            // Another packet under a nonce that was used: nobody may see it.
            buffer[..end].Clear();
            return false;
        }

        stream.Window.Accept(index);
        protectedLength = end;
        return true;
    }

    public SrtpResult UnprotectRtp(ReadOnlySpan<byte> packet, Span<byte> output, out int length)
    {
        length = 0;
        int header = HeaderLength(packet);
        if (header < 0 || packet.Length > MaxPacketBytes || packet.Length < header + _incoming.RtpOverhead)
        {
            return SrtpResult.Malformed;
        }

        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        bool known = _received.TryFind(ssrc, out SrtpStream? stream);
        if (!known && _received.Refuses(ssrc) is { } refusal)
        {
            return refusal;
        }

        long index = known ? stream!.Estimate(sequence) : sequence;
        if (index < 0 || (known && !stream!.Window.IsFresh(index)))
        {
            return SrtpResult.Replayed;
        }

        length = _incoming.UnprotectRtp(packet, header, ssrc, index, output);
        if (length < 0 && !known && RolloverCounter.MayHaveRolled(sequence))
        {
            // Not every sender begins low: the number rolled over on the way of the first packets, and they were lost. Without
            // this the stream would be forged for good.
            index += RolloverCounter.Roll;
            length = _incoming.UnprotectRtp(packet, header, ssrc, index, output);
        }

        if (length < 0)
        {
            length = 0;
            return SrtpResult.Forged;
        }

        _received.Accept(ssrc, stream, index);
        return SrtpResult.Ok;
    }

    public bool TryProtectRtcp(Span<byte> buffer, int length, out int protectedLength)
    {
        protectedLength = 0;
        if (length < RtcpHeaderLength || buffer.Length < length + _outgoing.RtcpOverhead || _nextRtcpIndex > MaxRtcpIndex)
        {
            return false;
        }

        // One index for all our SSRCs: it is never used twice, which is all that is asked of it.
        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]);
        protectedLength = _outgoing.ProtectRtcp(buffer, length, ssrc, _nextRtcpIndex++);
        return true;
    }

    public SrtpResult UnprotectRtcp(ReadOnlySpan<byte> packet, Span<byte> output, out int length)
    {
        length = 0;
        if (packet.Length < RtcpHeaderLength + _incoming.RtcpOverhead || packet.Length > MaxPacketBytes || packet[0] >> 6 != 2)
        {
            return SrtpResult.Malformed;
        }

        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        int trailerAt = packet.Length - (_indexIsLast ? IndexLength : _incoming.RtcpOverhead);
        uint trailer = BinaryPrimitives.ReadUInt32BigEndian(packet[trailerAt..]);
        uint index = trailer & MaxRtcpIndex;
        bool known = _receivedReports.TryFind(ssrc, out SrtpStream? stream);
        if (!known && _receivedReports.Refuses(ssrc) is { } refusal)
        {
            return refusal;
        }

        if (known && !stream!.Window.IsFresh(index))
        {
            return SrtpResult.Replayed;
        }

        length = _incoming.UnprotectRtcp(packet, ssrc, index, (trailer & EncryptedFlag) != 0, output);
        if (length < 0)
        {
            length = 0;
            return SrtpResult.Forged;
        }

        _receivedReports.Accept(ssrc, stream, index);
        return SrtpResult.Ok;
    }

    public void Dispose()
    {
        _outgoing.Dispose();
        _incoming.Dispose();
    }

    /// <summary>Fixed header, CSRCs and extension, which stay readable; −1 when they do not fit into the packet.</summary>
    internal static int HeaderLength(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < RtpHeaderLength || packet[0] >> 6 != 2)
        {
            return -1;
        }

        int length = RtpHeaderLength + (4 * (packet[0] & 0x0F));
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < length + 4)
            {
                return -1;
            }

            length += 4 + (4 * BinaryPrimitives.ReadUInt16BigEndian(packet[(length + 2)..]));
        }

        return length <= packet.Length ? length : -1;
    }

    private static ISrtpCipher CreateCipher(SrtpProfile profile, SrtpMaster master) =>
        profile == SrtpProfile.AeadAes128Gcm ? new GcmCipher(master) : new CounterModeCipher(master);
}
