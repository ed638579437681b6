using System.Net;
using System.Net.Sockets;
using Rtc.Server.Options;

namespace Rtc.Server.Addresses;

/// <summary>
/// Under which addresses this server is reached: told once when it listens, and again when a tunnel opens.
/// The terminal and the start page show a phone the same ones.
/// </summary>
internal sealed class JoinAddresses(RtcOptions options)
{
    private volatile Uri[] _phone = [];
    private volatile Uri? _tunnel;

    /// <summary>Plain HTTP on this machine: what a browser here opens and a tunnel forwards to.</summary>
    public Uri Local { get; private set; } = new("http://localhost/");

    /// <summary>For phones on the same network, the likeliest first.</summary>
    public IReadOnlyList<Uri> Phone => _phone;

    public Uri? Tunnel
    {
        get => _tunnel;
        set => _tunnel = value;
    }

    public void Listening(IEnumerable<string> urls)
    {
        Uri[] bound =
        [
            .. urls.Select(
                url => new Uri(
                    url.Replace("0.0.0.0", "localhost", StringComparison.Ordinal).Replace("[::]", "localhost", StringComparison.Ordinal)))
        ];
        Local = bound.First(address => address.Scheme == Uri.UriSchemeHttp);
        Uri outside = bound.FirstOrDefault(address => address.Scheme == Uri.UriSchemeHttps) ?? Local;
        bool everywhere = IPAddress.TryParse(options.Http.Host, out IPAddress? host)
            && (host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any));
        Uri[] found = everywhere
            ? [.. LocalAddresses.List()
                .Where(
                    address => address.AddressFamily == AddressFamily.InterNetwork || host!.AddressFamily == AddressFamily.InterNetworkV6)
                .Select(address => new UriBuilder(outside.Scheme, address.ToString(), outside.Port).Uri)]
            : [];
        _phone = found.Length > 0 ? found : [outside];
    }

    /// <summary>Those of a server that these options start, for a command that runs beside it.</summary>
    public static JoinAddresses Configured(RtcOptions options)
    {
        string host = options.Http.Host.Contains(':', StringComparison.Ordinal)
            && !options.Http.Host.StartsWith('[') ? $"[{options.Http.Host}]" : options.Http.Host;
        var addresses = new JoinAddresses(options);
        addresses.Listening(options.Http.Tls
            ? [$"http://{host}:{options.Http.Port}", $"https://{host}:{options.Http.HttpsPort}"]
            : [$"http://{host}:{options.Http.Port}"]);
        return addresses;
    }

    /// <summary>
    /// The best address for a phone, as far as a request can tell: a browser that got here by HTTPS under a name
    /// of its own came through a proxy or over the network, and a phone may take the same way.
    /// </summary>
    public Uri ForPhone(HttpRequest request)
    {
        if (_tunnel is { } tunnel)
        {
            return tunnel;
        }

        bool outside = request.IsHttps && request.Host.Host is { Length: > 0 } name && name != "localhost"
            && !(IPAddress.TryParse(name, out IPAddress? address) && IPAddress.IsLoopback(address));
        return outside && Uri.TryCreate($"https://{request.Host.Value}/", UriKind.Absolute, out Uri? own) ? own
            : _phone.Length > 0 ? _phone[0]
            : Local;
    }
}
