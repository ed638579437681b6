using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rtc.Server.Options;

/// <summary>What one client may cost. Rates are per address (IPv6: per /64) and minute.</summary>
public sealed record LimitOptions
{
    [Description("Bytes of one message to the hub or on a data channel")]
    [Range(1024, 16 * 1024 * 1024)]
    public int MessageBytes { get; init; } = 64 * 1024;

    [Description("Bytes of one session description")]
    [Range(4096, 16 * 1024 * 1024)]
    public int SdpBytes { get; init; } = 128 * 1024;

    [Description("Joins a minute from one address")]
    [Range(1, 1_000_000)]
    public int JoinsPerMinute { get; init; } = 120;

    [Description("Offers a minute from one address, over the hub, WHIP and WHEP together")]
    [Range(1, 1_000_000)]
    public int OffersPerMinute { get; init; } = 120;

    [Description("Requests a minute to /api from one address")]
    [Range(1, 10_000_000)]
    public int ApiPerMinute { get; init; } = 600;

    [Description("Rooms that one address may hold open before anybody in them has made an offer")]
    [Range(1, 1_000_000)]
    public int MaxPendingRooms { get; init; } = 32;

    [Description("Messages a second from one client, on its data channels and on the hub; one of more than a kilobyte counts for as many as it has")]
    [Range(5, 1_000_000)]
    public int MessagesPerSecond { get; init; } = 200;

    [Description("Open HTTP and WebSocket connections of the whole server")]
    [Range(8, 1_000_000)]
    public int MaxConnections { get; init; } = 4096;

    [Description("Seconds that a new connection has for its request's headers or its hub handshake, and three times that for joining a room")]
    [Range(2, 120)]
    public int HandshakeSeconds { get; init; } = 10;
}
