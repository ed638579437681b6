using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>Who may come in: tokens and rate limits.</summary>
public interface IAdmission
{
    /// <summary>Null where the request is allowed, with the rights that it gives.</summary>
    Refusal? Admit(RoomName room, Role role, string? token, string remoteAddress, out Rights rights);

    /// <summary>Null where there is room for somebody new; asked after <see cref="Admit"/>, and not for a member that returns.</summary>
    Refusal? AdmitNew(bool opensRoom);

    /// <summary>Whether the token opens the room; no rate is counted.</summary>
    bool Knows(RoomName room, Role role, string? token);

    Refusal? AdmitOffer(string remoteAddress);
}
