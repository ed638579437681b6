using System.Security.Cryptography;

namespace Rtc.Signaling;

/// <summary>Names one participant of one room. Unguessable, for it is also the last part of a WHIP resource's address.</summary>
public readonly record struct PeerId(string Value)
{
    public static PeerId Create() => new(RandomNumberGenerator.GetHexString(24, lowercase: true));

    public override string ToString() => Value;
}
