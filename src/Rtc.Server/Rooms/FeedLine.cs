using Rtc.Peer;
using Rtc.Pipeline.Settings;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>One copy of a view: the connection to the node that owns a relayed room. Belongs to its <see cref="RoomFeed"/>.</summary>
internal sealed class FeedLine(FeedView of, bool isSecond, PeerSlot port, Instant begun)
{
    /// <summary>Lets the requests of all that it serves through, once for all.</summary>
    public KeyFrameGate Keys = new();

    public Instant Begun { get; } = begun;

    public string Name { get; } = PeerId.Create().ToString();

    public FeedView Of { get; } = of;

    public RoomView View => Of.View;

    public bool IsSecond { get; } = isSecond;

    public PeerSlot Port { get; } = port;

    public Task<bool> Opened { get; set; } = Task.FromResult(false);

    /// <summary>Null until the owner has answered.</summary>
    public string? Mid { get; set; }

    /// <summary>What the owner can send, as it has answered.</summary>
    public VideoFormats Offered { get; set; }

    public bool IsConnected { get; set; }

    /// <summary>What the owner knows of those who watch it here.</summary>
    public FeedAudience Told { get; set; } = FeedAudience.None;

    public bool IsTelling { get; set; }

    /// <summary>What it is to be in, by what those take who are served from it.</summary>
    public VideoFormats Formats => Of.Plan.Of(IsSecond);

    /// <summary>Whether of these it is to be in the camera's.</summary>
    public bool InCameraCodec => Of.Plan.InCameraCodec && !IsSecond;

    /// <summary>Whether this member is served from it, and not from the other copy of its view.</summary>
    public bool Serves(RoomMember member) => member.View == View && Of.Plan.NeedsSecond(member) == IsSecond;
}
