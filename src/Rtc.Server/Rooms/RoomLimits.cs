namespace Rtc.Server.Rooms;

/// <summary>How much a server takes on; hitting one of them is answered with its name.</summary>
public sealed record RoomLimits
{
    public int Rooms { get; init; } = 100;

    public int Peers { get; init; } = 1000;

    public int ViewersPerRoom { get; init; } = 500;

    public int PhonesPerRoom { get; init; } = 1;

    /// <summary>Whether a phone too many takes the place of the one that came first, or is refused.</summary>
    public bool PhoneTakeover { get; init; }

    public int MessageBytes { get; init; } = 64 * 1024;

    public int SdpBytes { get; init; } = 128 * 1024;

    public int MessagesPerSecond { get; init; } = 200;

    /// <summary>Rooms of one address in which nobody has made an offer yet.</summary>
    public int PendingRooms { get; init; } = 32;

    /// <summary>Each room holds its last seconds, whether somebody asks for them or not.</summary>
    public bool KeepLast { get; init; }

    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(30);
}
