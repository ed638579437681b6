using System.ComponentModel;

namespace Rtc.Server.Options;

/// <summary>A program that gives the pages a public HTTPS address.</summary>
public sealed record TunnelOptions
{
    [Description("ngrok, cloudflared, or nothing")]
    public string? Kind { get; init; }
}
