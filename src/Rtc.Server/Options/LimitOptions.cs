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

    [Description("Rooms without an offer yet that one address may hold open")]
    [Range(1, 1_000_000)]
    public int MaxPendingRooms { get; init; } = 32;

    [Description(
        "Messages a second from one client, on its data channels and on the hub; one of more than a kilobyte counts for as many as it has")]
    [Range(5, 1_000_000)]
    public int MessagesPerSecond { get; init; } = 200;

    [Description("Open HTTP and WebSocket connections of the whole server")]
    [Range(8, 1_000_000)]
    public int MaxConnections { get; init; } = 4096;

    [Description(
        "Open HTTP and WebSocket connections of one address, half of which may have asked nothing yet, and its requests at work at once; "
            + "the connections of a trusted proxy that says whom it speaks for are not counted")]
    [Range(4, 1_000_000)]
    public int MaxConnectionsPerAddress { get; init; } = 1024;

    [Description("Open ICE-TCP connections of the whole server")]
    [Range(1, 1_000_000)]
    public int MaxIceTcpConnections { get; init; } = 2048;

    [Description("Open ICE-TCP connections of one address")]
    [Range(1, 1_000_000)]
    public int MaxIceTcpPerAddress { get; init; } = 64;

    [Description(
        "Session descriptions that WHIP and WHEP receive at one moment; one address may have a quarter of them, and the oldest of the "
            + "one with most gives way where all are taken")]
    [Range(4, 100_000)]
    public int MaxBodies { get; init; } = 256;

    [Description(
        "Hub connections that have not joined a room yet; one address may have half of them, and the oldest of the one with most gives "
            + "way where all are taken")]
    [Range(4, 1_000_000)]
    public int MaxUnjoined { get; init; } = 1024;

    [Description("Bytes of one message of a hub connection that has not joined a room yet")]
    [Range(1024, 1024 * 1024)]
    public int UnjoinedMessageBytes { get; init; } = 8 * 1024;

    [Description(
        "Seconds that a new connection has for its request's headers, its session description or its hub handshake, and three times that "
            + "for joining a room")]
    [Range(2, 120)]
    public int HandshakeSeconds { get; init; } = 10;

    [Description("Pixels of a camera's picture; larger ones are refused")]
    [Range(4096, 100_000_000)]
    public int MaxPixels { get; init; } = 2560 * 1440;

    [Description("Memory of the whole server in MiB; 0 takes the container's limit, or the machine's memory")]
    [Range(0, 16_777_216)]
    public int MemoryMegabytes { get; init; }

    [Description("Memory in use, in per cent, from which on joins, uploads and larger pictures are refused; 0 never refuses")]
    [Range(0, 100)]
    public int MaxMemoryPercent { get; init; } = 80;

    [Description(
        "Processor in use over ten seconds, in per cent of what the server may use, from which on no new room is opened; 0 never refuses")]
    [Range(0, 100)]
    public int MaxCpuPercent { get; init; } = 95;

    [Description("Milliseconds that the media loop may be late, over ten seconds, before joins are refused; 0 never refuses")]
    [Range(0, 10_000)]
    public int MaxLoopLatenessMs { get; init; } = 200;
}
