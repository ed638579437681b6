namespace Rtc.Server.Rooms;

/// <summary>
/// One of a room's cameras, as `/api/rooms/{room}/cameras` shows it. Each has a room of its own, with its own tracks and settings.
/// </summary>
public sealed record CameraSnapshot
{
    /// <summary>The room to watch it in: the one that was asked for, or that with ".2" and so on behind it.</summary>
    public required string Room { get; init; }

    /// <summary>What the phone calls itself; empty where it says nothing.</summary>
    public required string Name { get; init; }

    /// <summary>A phone is there and sends; else somebody only waits for one.</summary>
    public required bool OnAir { get; init; }

    public required int Viewers { get; init; }

    public required double Fps { get; init; }

    public required DateTimeOffset Since { get; init; }
}
