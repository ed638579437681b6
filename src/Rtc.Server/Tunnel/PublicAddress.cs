using System.Text.Json;

namespace Rtc.Server.Tunnel;

/// <summary>Reads a tunnel's public HTTPS address from what its program says.</summary>
internal static class PublicAddress
{
    private const string QuickTunnelDomain = ".trycloudflare.com";

    /// <summary>
    /// The answer of ngrok's local API: {"tunnels":[{"public_url":"https://…","config":{"addr":"http://localhost:8080"}}]}.
    /// Another ngrok may be at work on this machine: a tunnel to another port isn't ours.
    /// </summary>
    public static Uri? InNgrokJson(string json, int port)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("tunnels", out JsonElement tunnels) || tunnels.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            foreach (JsonElement tunnel in tunnels.EnumerateArray())
            {
                if (tunnel.ValueKind == JsonValueKind.Object
                    && LeadsTo(tunnel, port)
                    && tunnel.TryGetProperty("public_url", out JsonElement url) && url.ValueKind == JsonValueKind.String
                    && Https(url.GetString()!) is { } address)
                {
                    return address;
                }
            }

            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A line of cloudflared's log: the address stands in a box of its own, or in a message.</summary>
    public static Uri? InCloudflaredLine(string line)
    {
        foreach (string word in line.Split([' ', '|', '\t', '"'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Https(word) is { } address
                && address.Host.EndsWith(QuickTunnelDomain, StringComparison.Ordinal)
                && address.Host != "api" + QuickTunnelDomain)
            {
                return address;
            }
        }

        return null;
    }

    private static bool LeadsTo(JsonElement tunnel, int port) =>
        !tunnel.TryGetProperty("config", out JsonElement config)
        || config.ValueKind != JsonValueKind.Object
        || !config.TryGetProperty("addr", out JsonElement target)
        || target.ValueKind != JsonValueKind.String
        || target.GetString()!.EndsWith(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $":{port}"), StringComparison.Ordinal);

    private static Uri? Https(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme == Uri.UriSchemeHttps ? address : null;
}
