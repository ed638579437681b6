namespace Rtc.Peer.Srtp;

/// <summary>
/// One direction of one profile, without any state per stream. <c>headerLength</c> bytes go in clear; the trailer that a
/// profile adds is written and read here.
/// </summary>
internal interface ISrtpCipher : IDisposable
{
    int RtpOverhead { get; }

    int RtcpOverhead { get; }

    /// <summary>Protects in place; the buffer has <see cref="RtpOverhead"/> bytes more than <paramref name="length"/>.</summary>
    int ProtectRtp(Span<byte> buffer, int length, int headerLength, uint ssrc, long index);

    /// <summary>Writes the plain packet to <paramref name="output"/>; −1 when the tag is wrong.</summary>
    int UnprotectRtp(ReadOnlySpan<byte> packet, int headerLength, uint ssrc, long index, Span<byte> output);

    int ProtectRtcp(Span<byte> buffer, int length, uint ssrc, uint index);

    int UnprotectRtcp(ReadOnlySpan<byte> packet, uint ssrc, uint index, bool encrypted, Span<byte> output);
}
