using Rtc.Pipeline.Settings;

namespace Rtc.Server.Rooms;

/// <summary>As what a room begins: another one's settings, and who made that private, where somebody did.</summary>
internal sealed record RoomStart(RoomSettings Settings, RoomMember? SetBy)
{
    /// <summary>The zones are places in one camera's picture.</summary>
    public RoomStart ForAnotherCamera() => this with { Settings = Settings with { Zones = [], Lines = [] } };
}
