namespace Rtc.Peer.Sctp;

/// <summary>Transmission sequence number: serial arithmetic modulo 2³² (RFC 9260 section 1.6, RFC 1982).</summary>
internal readonly record struct Tsn(uint Value)
{
    public Tsn Next => new(Value + 1);

    public Tsn Previous => new(Value - 1);

    public static Tsn operator +(Tsn tsn, int steps) => new(tsn.Value + (uint)steps);

    /// <summary>Steps from <paramref name="early"/> to <paramref name="late"/>, negative when the order is the other way round.</summary>
    public static int operator -(Tsn late, Tsn early) => (int)(late.Value - early.Value);

    public static bool operator >(Tsn a, Tsn b) => a - b > 0;

    public static bool operator <(Tsn a, Tsn b) => a - b < 0;

    public static bool operator >=(Tsn a, Tsn b) => a - b >= 0;

    public static bool operator <=(Tsn a, Tsn b) => a - b <= 0;
}
