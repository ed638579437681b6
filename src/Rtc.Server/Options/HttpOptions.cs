using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rtc.Server.Options;

/// <summary>Where pages, signalling and the API are served. Port 0 lets the system choose one (tests).</summary>
public sealed record HttpOptions
{
    [Description("Address to listen on; 0.0.0.0 is every IPv4 address, [::] every address")]
    public string Host { get; init; } = "0.0.0.0";

    [Description("Port of plain HTTP (a phone's camera works over HTTPS only)")]
    [Range(0, 65535)]
    public int Port { get; init; } = 8080;

    [Description("Port of HTTPS")]
    [Range(0, 65535)]
    public int HttpsPort { get; init; } = 8443;

    [Description("Port of a separate listener for health probes, to which the limits on connections don't apply; 0 opens none")]
    [Range(0, 65535)]
    public int HealthPort { get; init; }

    [Description("Serve HTTPS; without a certificate file one is made for this machine's names and addresses")]
    public bool Tls { get; init; } = true;

    [Description("Certificate with its key, PKCS#12 (.pfx, .p12) or PEM")]
    public string? CertificateFile { get; init; }

    [Description("Key of a PEM certificate, if it is in a file of its own")]
    public string? CertificateKeyFile { get; init; }

    [Description("Password of the certificate file")]
    [Secret]
    public string? CertificatePassword { get; init; }

    [Description("Names and addresses that the self-signed certificate covers besides this machine's own")]
    public string[] CertificateNames { get; init; } = [];

    [Description("Origins of other sites whose pages may call the API, WHIP and WHEP and open the hub's socket")]
    public string[] CorsOrigins { get; init; } = [];

    [Description("Sites whose pages may frame the page /embed, as https://example.org; without any, this server's own may")]
    public string[] FrameAncestors { get; init; } = [];

    [Description("Proxies in front of the server whose X-Forwarded headers are believed; loopback always is")]
    public string[] TrustedProxies { get; init; } = [];

    [Description("Folder for what outlives a restart (certificate, database, videos); default $XDG_STATE_HOME/rtc or ~/.local/state/rtc")]
    public string? StateDirectory { get; init; }
}
