namespace Rtc.Client;

/// <summary>Who a client is, and how it asks.</summary>
public sealed record RtcClientOptions
{
    /// <summary>A join token, sent with all that concerns a room.</summary>
    public string? Token { get; init; }

    /// <summary>A user's key or the server's API key, sent with everything else; and with rooms where there is no token.</summary>
    public string? Key { get; init; }

    /// <summary>How long an answer may take; uploads and streams have their own time.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What sends requests, for a proxy or a certificate of one's own; the client disposes it. It follows no redirects.</summary>
    public HttpMessageHandler? Handler { get; init; }
}
