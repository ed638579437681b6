using Rtc.Signaling;

namespace Rtc.Server.Rooms;

/// <summary>A room that is open here, as the cluster has to know it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Handover">What another node would begin it with.</param>
/// <param name="MayMove">All of its members can be sent to another node; a WHIP camera cannot.</param>
internal sealed record OpenRoom(RoomName Name, RoomHandover Handover, bool MayMove);
