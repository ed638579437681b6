using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>Who may come in: tokens and rate limits.</summary>
public interface IAdmission
{
    /// <summary>Null where the request is allowed.</summary>
    Refusal? Admit(RoomName room, Role role, string? token, string remoteAddress);

    Refusal? AdmitOffer(string remoteAddress);
}
