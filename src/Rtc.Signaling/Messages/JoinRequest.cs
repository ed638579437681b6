using System.Text.Json.Serialization;

namespace Rtc.Signaling.Messages;

public enum Role
{
    Phone,
    Viewer,
}

public enum RoomView
{
    Annotated,
    Source,
}

/// <summary>What a client says when it enters a room.</summary>
public sealed record JoinRequest
{
    public string? Room { get; init; }

    public string? Role { get; init; }

    public string? Name { get; init; }

    public string? Token { get; init; }

    public string? View { get; init; }

    /// <summary>A phone takes the place of the one on air, which is told; without it a phone too many is refused.</summary>
    public bool Takeover { get; init; }

    /// <summary>The secret that an earlier join returned: whoever shows it within the room's linger time is the same phone again.</summary>
    public string? Resume { get; init; }

    /// <summary>The hint with which another node of the cluster sent the client here; also taken from the address.</summary>
    public string? Node { get; init; }
}

public sealed record JoinReply
{
    public required string PeerId { get; init; }

    public required string Resume { get; init; }

    public required bool Resumed { get; init; }

    /// <summary>camera, operator, supervisor or watcher: what this member may do, so that a page offers no more.</summary>
    public required string Rights { get; init; }

    /// <summary>In a cluster: what in the address leads back to this node; null outside of one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Node { get; init; }

    /// <summary>In a cluster whose nodes have addresses of their own: those of the others, to be asked where this one is gone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Nodes { get; init; }

    public required IReadOnlyList<IceServer> IceServers { get; init; }

    public required SettingsMessage Settings { get; init; }

    public required IReadOnlyList<ModelMessage> Models { get; init; }
}

public sealed record IceServer
{
    public required IReadOnlyList<string> Urls { get; init; }

    public string? Username { get; init; }

    public string? Credential { get; init; }
}

public sealed record ModelMessage(string Name, string Task, string Licence, bool OnDisk, string? Provider, string? Problem);

public sealed record OfferRequest
{
    public string? Sdp { get; init; }
}

public sealed record OfferReply(string Sdp);

public sealed record CandidateRequest
{
    public string? Candidate { get; init; }

    public string? SdpMid { get; init; }
}

public sealed record SelectRequest
{
    public float? X { get; init; }

    public float? Y { get; init; }

    /// <summary>Two things can be in focus at once: 0 (where it is left out) or 1.</summary>
    public int? Slot { get; init; }
}
