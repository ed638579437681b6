using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Rtc.Peer.Stun;

/// <summary>
/// One question to a STUN server, under which address a socket is seen from outside, and its answer (RFC 8489 section 2).
/// The caller sends and receives; what is sent again is the same bytes.
/// </summary>
public sealed class StunBinding
{
    private readonly TransactionId _transaction;
    private readonly byte[] _request = new byte[StunView.HeaderLength];

    public StunBinding(IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> transaction = stackalloc byte[TransactionId.Length];
        random.Fill(transaction);
        _transaction = TransactionId.Read(transaction);

        // Without attributes: old servers know neither FINGERPRINT nor what to do with it.
        _ = new StunWriter(_request, StunMessageType.BindingRequest, _transaction);
    }

    public ReadOnlyMemory<byte> Request => _request;

    /// <summary>False for whatever is not the whole answer to this very request.</summary>
    public bool TryReadAnswer(ReadOnlySpan<byte> datagram, [NotNullWhen(true)] out IPEndPoint? seen)
    {
        seen = null;
        if (!StunView.TryParse(datagram, out StunView answer)
            || answer.Type != StunMessageType.BindingSuccess
            || answer.Transaction != _transaction
            || !answer.TryGetMappedAddress(TransportProtocol.Udp, out TransportAddress address))
        {
            return false;
        }

        seen = new IPEndPoint(address.ToIPAddress(), address.Port);
        return true;
    }
}
