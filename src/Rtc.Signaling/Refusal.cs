using System.Globalization;

namespace Rtc.Signaling;

/// <summary>
/// Why a request was turned down, in words for its sender: a code for programs, a sentence for people, a status for HTTP.
/// </summary>
public sealed record Refusal(string Code, string Message, int HttpStatus = 400)
{
    /// <summary>Where another camera has the place: who, and what else there is.</summary>
    public CameraOnAir? OnAir { get; init; }

    /// <summary>Where another node of the cluster has the room: the client goes there with the same request.</summary>
    public NodePlace? Elsewhere { get; init; }

    public static Refusal AtAnotherNode(NodePlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return new("redirect", $"The room is at {place.NodeId}.", 307) { Elsewhere = place };
    }

    public static Refusal BadRoomName { get; } = new(
        "bad_room", "A room's name has 1 to 64 letters, digits, dashes, underscores or dots.");

    public static Refusal NotJoined { get; } = new("not_joined", "Join a room first.", 409);

    public static Refusal SdpTooLarge(int most) => new(
        "sdp_too_large", string.Create(CultureInfo.InvariantCulture, $"A session description may have {most} bytes (Limits:SdpBytes)."),
        413);

    /// <summary>A watcher asked for what an operator may.</summary>
    public static Refusal WatchersOnlyWatch { get; } = new(
        "forbidden", "A watcher changes nothing in the room: this needs a token with an operator's or a camera's rights.", 403);

    public static Refusal SourceIsPrivate { get; } = new(
        "view_forbidden",
        "The room is in privacy mode: it shows the picture with people blurred (view=annotated), and its source to nobody.",
        403);

    /// <summary>Somebody else made the room private.</summary>
    public static Refusal PrivacyIsAnothers { get; } = new(
        "privacy_guarded",
        "The room is private: only whoever set that, or a token with a supervisor's rights, changes its mode or model.",
        403);

    /// <summary>A member may not say who is in a private room's pictures: it could leave a person out.</summary>
    public static Refusal PrivacyIsServers { get; } = new(
        "privacy_server_only", "The room is private: only the server detects there, and what a client found is not used.", 403);

    /// <summary>Another member detects for the room.</summary>
    public static Refusal DetectorTaken { get; } = new(
        "detector_taken", "Another member's browser detects for this room; the server uses one at a time.", 409);

    public static Refusal TooManyMessages { get; } = new(
        "too_many_messages", "Too many messages from this client (Limits:MessagesPerSecond).", 429);

    public static Refusal UnknownRoom { get; } = new("unknown_room", "There is no such room on air.", 404);

    public static Refusal UnknownSession { get; } = new("unknown_session", "There is no such session.", 404);
}

/// <summary>The camera that has the place that another asked for.</summary>
/// <param name="Name">Empty where it gave none.</param>
/// <param name="FreeRoom">Where one more camera of the same name may join beside it.</param>
public sealed record CameraOnAir(string Name, string FreeRoom);

/// <summary>A value, or the reason why there is none.</summary>
public readonly record struct Outcome<T>(T? Value, Refusal? Refusal)
    where T : class
{
    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(null, refusal);
}
