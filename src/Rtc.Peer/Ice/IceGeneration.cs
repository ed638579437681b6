using System.Text;

namespace Rtc.Peer.Ice;

/// <summary>
/// What lasts from one ICE restart to the next: both sides' credentials and the usernames made of them
/// (RFC 8445 section 9). A pair belongs to the generation of ours that its checks name.
/// </summary>
internal sealed class IceGeneration(IceCredentials local, int number)
{
    public IceCredentials Local { get; } = local;

    /// <summary>Each restart counts one up.</summary>
    public int Number { get; } = number;

    public IceCredentials? Remote { get; private set; }

    /// <summary>USERNAME of what we send: theirs first (RFC 8445 section 7.2.2).</summary>
    public byte[] OutgoingUsername { get; private set; } = [];

    /// <summary>The last check under it, or answer to one; one that was replaced ends when this is long ago.</summary>
    public Instant LastHeard { get; set; }

    public void SetRemote(IceCredentials remote)
    {
        Remote = remote;
        OutgoingUsername = Username(remote, Local);
    }

    public static byte[] Username(IceCredentials remote, IceCredentials local) => Encoding.UTF8.GetBytes($"{remote.Ufrag}:{local.Ufrag}");
}
