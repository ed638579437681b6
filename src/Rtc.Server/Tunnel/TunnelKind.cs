namespace Rtc.Server.Tunnel;

/// <summary>A tunnel program: how it is started, and where its public address can be read.</summary>
internal sealed record TunnelKind(string Name, string Program, Func<Uri, string[]> Arguments, Uri? Api, string Install)
{
    public static TunnelKind Ngrok { get; } = new(
        "ngrok",
        "ngrok",
        local => ["http", local.GetLeftPart(UriPartial.Authority), "--log", "stdout", "--log-format", "logfmt"],
        new Uri("http://127.0.0.1:4040/api/tunnels"),
        "https://ngrok.com/download, then: ngrok config add-authtoken TOKEN");

    public static TunnelKind Cloudflared { get; } = new(
        "cloudflared",
        "cloudflared",
        local => ["tunnel", "--no-autoupdate", "--url", local.GetLeftPart(UriPartial.Authority)],
        null,
        "https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/downloads/");

    public static TunnelKind? Named(string? name) => name switch
    {
        "ngrok" => Ngrok,
        "cloudflared" => Cloudflared,
        _ => null,
    };
}
