using Rtc.Pipeline.Settings;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// One participant of a room. It outlives its connections: a phone that drops and returns within the linger
/// time is the same member. Belongs to the media loop.
/// </summary>
internal sealed class RoomMember(PeerId id, Role role, RoomView view, string name, string resume)
{
    public PeerId Id { get; private set; } = id;

    public Role Role { get; } = role;

    public RoomView View { get; set; } = view;

    public string Name { get; } = name;

    /// <summary>The secret that proves, after a broken connection, that this is the same client.</summary>
    public string Resume { get; } = resume;

    public IMemberLink? Link { get; set; }

    /// <summary>Of the last join: a client may come back with another token.</summary>
    public Rights Rights { get; set; } = Rights.Operator;

    /// <summary>
    /// The hash of the token with which it joined, by which a crashed client is known again; null where none was asked for.
    /// </summary>
    public byte[]? TokenHash { get; set; }

    public required MessageRate Messages { get; init; }

    /// <summary>It came over the hub and knows its resume token; a WHIP client has no way back but a new session.</summary>
    public bool CanReturn { get; init; }

    /// <summary>It can be sent to another node: all but a camera that came by WHIP.</summary>
    public bool MayMove => CanReturn || Role == Role.Viewer;

    /// <summary>A viewer that no picture was sent to since it joined.</summary>
    public bool AwaitsFirstPicture { get; set; } = role == Role.Viewer;

    /// <summary>Where the signalling comes from; it decides about rates and about candidates on loopback.</summary>
    public string RemoteAddress { get; set; } = string.Empty;

    public Instant JoinedAt { get; set; }

    /// <summary>When its camera's newest picture came; null before the first one on this connection.</summary>
    public Instant? PictureAt { get; set; }

    /// <summary>Which connection its last offer spoke of; null where it never offered one.</summary>
    public OfferIdentity? Offered { get; set; }

    /// <summary>The last offer and its answer; a WHIP client that restarts ICE sends only its new credentials.</summary>
    public (string Offer, string Answer)? Negotiated { get; set; }

    public PeerSlot? Port { get; set; }

    public bool IsConnected { get; set; }

    /// <summary>When the signalling or the media broke; null while both stand.</summary>
    public Instant? LostAt { get; set; }

    /// <summary>The section on which this member's camera comes in.</summary>
    public string? ReceiveMid { get; set; }

    /// <summary>The section on which this member is sent video.</summary>
    public string? SendMid { get; set; }

    /// <summary>All codecs that its connection can bring it.</summary>
    public IReadOnlyList<VideoCodec> Codecs
    {
        get;
        set => (field, SendCodecs) = (value, value);
    } = [];

    /// <summary>All codecs of these that it takes, the one that it is sent where there is a choice first.</summary>
    public IReadOnlyList<VideoCodec> SendCodecs
    {
        get;
        set
        {
            field = value;
            Takes = value.AsSet();
        }
    } = [];

    /// <summary>The same as a set; none where it has not said so yet.</summary>
    public VideoFormats Takes { get; private set; }

    /// <summary>The open data channel "vision".</summary>
    public int? VisionChannel { get; set; }

    public Bitrate? Estimate { get; set; }

    /// <summary>Where it is another node, which relays the room to viewers of its own; null for all others.</summary>
    public FeedSource? Feed { get; init; }

    /// <summary>Why its own detections were refused the last time that it was told, and when.</summary>
    public (string Code, Instant At)? RefusedDetections { get; set; }

    /// <summary>By whose pictures a viewer of the source is served.</summary>
    public SourceRoute Route = new();

    public bool Watches(RoomView view) => IsConnected && SendMid is not null && View == view;

    /// <summary>
    /// Takes what is for those behind it, where it is a feed, of what it can bring. True where that is other than before.
    /// </summary>
    /// <param name="camera">The codec of the camera on air, where one is.</param>
    public bool TakeForAudience(VideoCodec? camera)
    {
        if (Feed is not { Audience: var audience })
        {
            return false;
        }

        VideoCodec[] takes = [.. Codecs.Where(codec => audience.Formats == VideoFormats.None || audience.Formats.HasFlag(codec.AsSet()))];
        if (audience.InCameraCodec && camera is { } source && takes.Contains(source))
        {
            takes = [source];
        }

        bool isOther = !takes.SequenceEqual(SendCodecs);
        SendCodecs = isOther ? takes : SendCodecs;
        return isOther;
    }

    public void Rejoin(PeerId id, IMemberLink? link)
    {
        Id = id;
        Link = link;
        LostAt = null;
    }

    public void Unplug()
    {
        Port = null;
        Negotiated = null;
        IsConnected = false;
        ReceiveMid = null;
        SendMid = null;
        Codecs = [];
        VisionChannel = null;
        Estimate = null;
        PictureAt = null;
        Route = new SourceRoute();
    }
}
