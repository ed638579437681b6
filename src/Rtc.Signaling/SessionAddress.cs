using Rtc.Signaling.Messages;

namespace Rtc.Signaling;

/// <summary>A WHIP or WHEP session as its address names it: nothing is found where one part is another's.</summary>
public readonly record struct SessionAddress(string Room, Role Role, PeerId Peer);

/// <summary>What a PATCH is answered: the generation's tag, and after an ICE restart our side of it.</summary>
public sealed record TrickleReply(string EntityTag, string? Fragment);
