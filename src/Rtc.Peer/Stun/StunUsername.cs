namespace Rtc.Peer.Stun;

/// <summary>
/// The username of a connectivity check is "ufrag of the receiver:ufrag of the sender" (RFC 8445 section 7.2.2).
/// The shell finds the peer of a check from an address not seen yet by the first half.
/// </summary>
public static class StunUsername
{
    /// <summary>RFC 8839 section 5.4 allows up to 256 characters.</summary>
    private const int MaxUfragLength = 256;

    /// <summary>False for all but a Binding request with a username of two halves. Allocates nothing.</summary>
    public static bool TryGetLocalUfrag(ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> ufrag)
    {
        ufrag = default;
        if (!StunView.TryParse(datagram, out StunView message) || message.Type != StunMessageType.BindingRequest)
        {
            return false;
        }

        return TrySplit(message, out ufrag, out _);
    }

    internal static bool TrySplit(StunView message, out ReadOnlySpan<byte> receiver, out ReadOnlySpan<byte> sender)
    {
        receiver = default;
        sender = default;
        if (!message.TryGet(StunAttribute.Username, out ReadOnlySpan<byte> username))
        {
            return false;
        }

        int colon = username.IndexOf((byte)':');
        if (colon is <= 0 or > MaxUfragLength)
        {
            return false;
        }

        receiver = username[..colon];
        sender = username[(colon + 1)..];
        return true;
    }
}
