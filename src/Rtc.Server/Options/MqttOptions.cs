using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace Rtc.Server.Options;

/// <summary>The broker that is told of events whose rules say so.</summary>
public sealed record MqttOptions
{
    private const int PlainPort = 1883;
    private const int TlsPort = 8883;

    [Description("Broker that is told of events, as mqtt://host:port or mqtts://host:port; empty tells none")]
    public string? Server { get; init; }

    [Description("User name at the broker")]
    public string? Username { get; init; }

    [Description("Password at the broker")]
    [Secret]
    public string? Password { get; init; }

    [Description("Beginning of topics: an event goes to TOPIC/ROOM/RULE, whether the server is there to TOPIC/status")]
    public string Topic { get; init; } = "rtc";

    [Description("Beginning of the topics by which Home Assistant finds rules; empty announces none")]
    public string Discovery { get; init; } = "homeassistant";

    internal static bool TryAddress(string text, [NotNullWhen(true)] out Uri? address)
    {
        address = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("mqtt" or "mqtts") || uri.Host.Length == 0
            || uri.UserInfo.Length > 0 || uri.PathAndQuery is not ("" or "/"))
        {
            return false;
        }

        address = uri.IsDefaultPort || uri.Port < 0 ? new UriBuilder(uri) { Port = uri.Scheme == "mqtts" ? TlsPort : PlainPort }.Uri : uri;
        return true;
    }
}
