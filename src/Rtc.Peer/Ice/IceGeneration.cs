using System.Text;

namespace Rtc.Peer.Ice;

/// <summary>
/// What lasts from one ICE restart to the next: both sides' credentials and the usernames made of them
/// (RFC 8445 section 9). A pair belongs to the generation whose passwords its checks use.
/// </summary>
internal sealed class IceGeneration(IceCredentials local)
{
    public IceCredentials Local { get; } = local;

    public IceCredentials? Remote { get; private set; }

    /// <summary>USERNAME of what we send: theirs first (RFC 8445 section 7.2.2).</summary>
    public byte[] OutgoingUsername { get; private set; } = [];

    public void SetRemote(IceCredentials remote)
    {
        Remote = remote;
        OutgoingUsername = Encoding.UTF8.GetBytes($"{remote.Ufrag}:{Local.Ufrag}");
    }
}
