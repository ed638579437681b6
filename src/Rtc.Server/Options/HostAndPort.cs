using System.Globalization;

namespace Rtc.Server.Options;

/// <summary>A host name or address with a port: <c>stun.example.org:3478</c>, <c>[::1]:3478</c>.</summary>
internal readonly record struct HostAndPort(string Host, int Port)
{
    public static bool TryParse(string text, out HostAndPort result)
    {
        result = default;
        int colon = text.LastIndexOf(':');
        if (colon <= 0
            || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            || port == 0)
        {
            return false;
        }

        string host = text[..colon];
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        host = bracketed ? host[1..^1] : host;
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown || (!bracketed && host.Contains(':', StringComparison.Ordinal)))
        {
            return false;
        }

        result = new HostAndPort(host, port);
        return true;
    }
}
