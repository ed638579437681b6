namespace Rtc.Peer.Sdp;

/// <summary>Which way media flows in a section, seen from the description's author (RFC 8866 section 6.7).</summary>
[Flags]
public enum MediaDirection : byte
{
    Inactive = 0,
    SendOnly = 1,
    ReceiveOnly = 2,
    SendReceive = SendOnly | ReceiveOnly,
}

/// <summary>What a section of a description carries.</summary>
public enum MediaKind : byte
{
    Other,
    Audio,
    Video,
    Data,
}

internal static class MediaDirections
{
    public static bool Sends(this MediaDirection direction) => (direction & MediaDirection.SendOnly) != 0;

    public static bool Receives(this MediaDirection direction) => (direction & MediaDirection.ReceiveOnly) != 0;

    public static MediaDirection Of(bool sends, bool receives) =>
        (sends ? MediaDirection.SendOnly : 0) | (receives ? MediaDirection.ReceiveOnly : 0);

    /// <summary>The same flow seen from the other end.</summary>
    public static MediaDirection Reversed(this MediaDirection direction) => Of(direction.Receives(), direction.Sends());

    public static string ToSdp(this MediaDirection direction) => direction switch
    {
        MediaDirection.SendOnly => "sendonly",
        MediaDirection.ReceiveOnly => "recvonly",
        MediaDirection.SendReceive => "sendrecv",
        _ => "inactive",
    };

    public static bool TryParse(ReadOnlySpan<char> text, out MediaDirection direction)
    {
        (bool known, direction) = text switch
        {
            "sendrecv" => (true, MediaDirection.SendReceive),
            "sendonly" => (true, MediaDirection.SendOnly),
            "recvonly" => (true, MediaDirection.ReceiveOnly),
            "inactive" => (true, MediaDirection.Inactive),
            _ => (false, default),
        };
        return known;
    }
}
