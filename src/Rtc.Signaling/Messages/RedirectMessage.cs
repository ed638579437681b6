namespace Rtc.Signaling.Messages;

/// <summary>
/// The room is at another node of the cluster: connect there, with this address as it is. Where that fails, any node may be asked again.
/// </summary>
/// <param name="Room">The room that was asked for.</param>
/// <param name="Node">The node's id.</param>
/// <param name="Url">Its hub.</param>
public sealed record RedirectMessage(string Room, string Node, string Url)
{
    public string Type => "redirect";
}
