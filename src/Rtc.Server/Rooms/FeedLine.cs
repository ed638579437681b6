using Rtc.Peer;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>One view's connection to the node that owns a relayed room. Belongs to its <see cref="RoomFeed"/>.</summary>
internal sealed class FeedLine(RoomView view, PeerSlot port, Instant begun)
{
    public Instant Begun { get; } = begun;

    public string Name { get; } = PeerId.Create().ToString();

    public RoomView View { get; } = view;

    public PeerSlot Port { get; } = port;

    public Task<bool> Opened { get; set; } = Task.FromResult(false);

    /// <summary>Null until the owner has answered.</summary>
    public string? Mid { get; set; }

    public bool IsConnected { get; set; }

    /// <summary>What the owner knows of those who watch it here.</summary>
    public required FeedAudience Told { get; set; }

    public bool IsTelling { get; set; }
}
