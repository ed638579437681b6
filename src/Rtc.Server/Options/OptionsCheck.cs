using System.Data.Common;
using System.Net;
using Rtc.Inference.Onnx;
using Rtc.Signaling;
using Rtc.Store.Files;

namespace Rtc.Server.Options;

/// <summary>What one option's range cannot say: how options fit together and whether files and addresses are there.</summary>
internal static class OptionsCheck
{
    private const int MinApiKey = 16;
    private const int MinTokenKey = 32;
    private const int MinTurnSecret = 16;
    private const int MinWebhookKey = 16;
    private static readonly string[] s_iceSchemes = ["stun:", "stuns:", "turn:", "turns:"];

    /// <summary>
    /// <paramref name="serving"/> is false for a command that only signs or looks: what it alone cannot leave open is not asked of it.
    /// </summary>
    public static void Check(RtcOptions options, List<string> errors, bool serving = true)
    {
        CheckHttp(options.Http, errors);
        CheckMedia(options, errors);
        CheckAuth(options.Auth, errors);
        if (serving && options.Auth is { Public: false, TokenKey.Length: >= MinTokenKey, ApiKey: null })
        {
            errors.Add("Auth:TokenKey without an API key would let anybody make join tokens: set RTC__AUTH__APIKEY or Auth:ApiKeyFile too");
        }

        if (options.Tunnel.Kind is { } kind && kind is not ("ngrok" or "cloudflared"))
        {
            errors.Add("Tunnel:Kind must be ngrok or cloudflared");
        }

        if (!Providers.TryParse(options.Model.Provider, out _))
        {
            errors.Add($"Model:Provider must be one of {string.Join(", ", Providers.Names)}");
        }

        if (options.Store.Connection is { } connection && !IsConnection(connection))
        {
            errors.Add("Store:Connection must be a connection string, Host=…;Database=…;Username=…;Password=…");
        }

        CheckBucket(options.Bucket, errors);
        CheckCluster(options.Cluster, errors);
        if (options.Jobs.WebhookKey is { Length: < MinWebhookKey })
        {
            errors.Add($"Jobs:WebhookKey must have at least {MinWebhookKey} characters");
        }

        if (options.Language.Kind is not ("openai" or "gemini"))
        {
            errors.Add("Language:Kind must be openai or gemini");
        }

        if (!IsHttp(options.Language.Endpoint) || !options.Language.Endpoint.EndsWith('/'))
        {
            errors.Add("Language:Endpoint must be an http:// or https:// address that ends with /");
        }

        if (options.Mqtt.Server is { } broker && !MqttOptions.TryAddress(broker, out _))
        {
            errors.Add("Mqtt:Server must be mqtt://host:port or mqtts://host:port");
        }

        if (options.Mqtt.Topic.Length == 0 || options.Mqtt.Topic.Concat(options.Mqtt.Discovery).Any(letter => letter is '#' or '+' or '\0'))
        {
            errors.Add("Mqtt:Topic and Mqtt:Discovery are beginnings of topics, without # and +");
        }

        if (options.Telemetry.OtlpEndpoint is { } otlp && !IsHttp(otlp))
        {
            errors.Add("Telemetry:OtlpEndpoint must be an http:// or https:// address");
        }

        if (options.Model.OnnxRuntime is { } runtime && !File.Exists(runtime))
        {
            errors.Add($"Model:OnnxRuntime: there is no file {runtime}");
        }
    }

    private static void CheckBucket(BucketOptions bucket, List<string> errors)
    {
        if (bucket.Name is not { Length: > 0 } name)
        {
            return;
        }

        if (!name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '.'))
        {
            errors.Add("Bucket:Name has small letters, digits, - and .");
        }

        if (bucket.Endpoint is not { } endpoint || !IsHttp(endpoint))
        {
            errors.Add("Bucket:Endpoint must be the http:// or https:// address of the bucket's server");
        }

        if (bucket.Prefix.StartsWith('/')
            || !bucket.Prefix.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/'))
        {
            errors.Add("Bucket:Prefix has letters, digits, - _ . and /, and begins with no /");
        }

        if (bucket.CredentialsFile is { Length: > 0 } path)
        {
            try
            {
                new CredentialsFile(path).Read();
            }
            catch (FilesUnavailableException error)
            {
                errors.Add(error.Message);
            }

            if (string.IsNullOrEmpty(bucket.KeyId))
            {
                return;
            }
        }

        foreach ((string option, string? value, string variable) in new[]
        {
            ("Bucket:KeyId", bucket.KeyId, BucketOptions.KeyIdVariable),
            ("Bucket:SecretKey", bucket.SecretKey, BucketOptions.SecretKeyVariable),
        })
        {
            if (string.IsNullOrEmpty(value) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)))
            {
                errors.Add($"{option} is missing, and so is {variable}");
            }
        }
    }

    private static void CheckHttp(HttpOptions http, List<string> errors)
    {
        if (!IPAddress.TryParse(http.Host, out _) && http.Host != "localhost")
        {
            errors.Add("Http:Host must be an IP address of this machine, 0.0.0.0, [::] or localhost");
        }

        if (http.Tls && http.Port != 0 && http.Port == http.HttpsPort)
        {
            errors.Add($"Http:Port and Http:HttpsPort are both {http.Port}");
        }

        if (http.HealthPort != 0 && (http.HealthPort == http.Port || (http.Tls && http.HealthPort == http.HttpsPort)))
        {
            errors.Add($"Http:HealthPort {http.HealthPort} is that of pages too; it must be one of its own");
        }

        foreach ((string name, string? file)
            in new[] { ("Http:CertificateFile", http.CertificateFile), ("Http:CertificateKeyFile", http.CertificateKeyFile) })
        {
            if (file is not null && !File.Exists(file))
            {
                errors.Add($"{name}: there is no file {file}");
            }
        }

        CheckOrigins("Http:CorsOrigins", http.CorsOrigins, errors);
        CheckOrigins("Http:FrameAncestors", http.FrameAncestors, errors);

        foreach (string proxy in http.TrustedProxies)
        {
            if (!IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _))
            {
                errors.Add("Http:TrustedProxies: give addresses or networks such as 10.0.0.0/8");
            }
        }
    }

    /// <summary>What is more than an origin could say something else in a header.</summary>
    private static void CheckOrigins(string name, string[] origins, List<string> errors)
    {
        foreach (string origin in origins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)
                || !IsHttp(origin)
                || uri.PathAndQuery != "/"
                || origin.EndsWith('/')
                || origin.AsSpan().IndexOfAny(" ;,'\"") >= 0)
            {
                errors.Add($"{name}: an origin looks like https://example.org, with no path");
            }
        }
    }

    private static void CheckMedia(RtcOptions options, List<string> errors)
    {
        MediaOptions media = options.Media;
        HttpOptions http = options.Http;
        if (media.Port != 0 && (media.Port == http.Port || media.Port == http.HealthPort || (http.Tls && media.Port == http.HttpsPort)))
        {
            errors.Add($"Media:Port {media.Port} is HTTP's too; media listens on TCP as well as UDP");
        }

        if (media.MinBitrateKbps > media.StartBitrateKbps || media.StartBitrateKbps > media.MaxBitrateKbps)
        {
            errors.Add("Media: MinBitrateKbps, StartBitrateKbps and MaxBitrateKbps must not fall");
        }

        foreach (string address in media.AdvertisedAddresses)
        {
            if (!IPAddress.TryParse(address, out IPAddress? parsed) || IPAddress.Any.Equals(parsed) || IPAddress.IPv6Any.Equals(parsed))
            {
                errors.Add("Media:AdvertisedAddresses: give IP addresses that clients can reach");
            }
        }

        if (media.StunServer is { } stun && !HostAndPort.TryParse(stun, out _))
        {
            errors.Add("Media:StunServer must be host:port");
        }

        foreach (IceServerOptions server in media.IceServers)
        {
            if (server.Urls.Length == 0 || !server.Urls.All(IsIceUrl))
            {
                errors.Add("Media:IceServers: Urls start with stun:, stuns:, turn: or turns:");
            }
            else if (server.Secret is { Length: < MinTurnSecret })
            {
                errors.Add($"Media:IceServers: a Secret has at least {MinTurnSecret} characters");
            }
            else if (server.Secret is not null && (server.Username is not null || server.Credential is not null))
            {
                errors.Add("Media:IceServers: give a TURN server either a Secret or Username and Credential");
            }
            else if (server.Urls.Any(url => url.StartsWith("turn", StringComparison.Ordinal))
                && server.Secret is null
                && (server.Username is null || server.Credential is null))
            {
                errors.Add("Media:IceServers: a TURN server needs a Secret, or Username and Credential");
            }
        }
    }

    private static void CheckAuth(AuthOptions auth, List<string> errors)
    {
        if (auth.Public && auth.ApiKey is null)
        {
            errors.Add("Auth:Public needs an API key: set RTC__AUTH__APIKEY or Auth:ApiKeyFile");
        }

        if (auth.Public && auth.TokenKey is null)
        {
            errors.Add("Auth:Public needs a key for join tokens: set RTC__AUTH__TOKENKEY or Auth:TokenKeyFile");
        }

        if (auth.ApiKey is { Length: < MinApiKey })
        {
            errors.Add($"Auth:ApiKey must have at least {MinApiKey} characters");
        }

        if (auth.TokenKey is { Length: < MinTokenKey })
        {
            errors.Add($"Auth:TokenKey must have at least {MinTokenKey} characters");
        }
    }

    private static void CheckCluster(ClusterOptions cluster, List<string> errors)
    {
        if (cluster.Connection is { } connection && connection != ClusterOptions.Localhost && !IsConnection(connection))
        {
            errors.Add("Cluster:Connection must be a connection string, Host=…;Database=…;Username=…;Password=…, or localhost");
        }

        if (cluster.PublicUrl is { } url && !IsHttp(url))
        {
            errors.Add("Cluster:PublicUrl must be an http:// or https:// address");
        }

        if (cluster.Address is { } address && !IPAddress.TryParse(address, out _))
        {
            errors.Add("Cluster:Address must be an IP address at which other nodes reach this one");
        }

        foreach ((string name, string? given) in new[] { ("Cluster:NodeId", cluster.NodeId), ("Cluster:Name", cluster.Name) })
        {
            if (given is not null && !RoomName.TryParse(given, out _))
            {
                errors.Add($"{name} must have 1 to 64 letters, digits, \"-\", \"_\" or \".\"");
            }
        }

        if (cluster.GatewayPort != 0 && cluster.GatewayPort == cluster.SiloPort)
        {
            errors.Add($"Cluster:SiloPort and Cluster:GatewayPort are both {cluster.SiloPort}");
        }
    }

    /// <summary>What was given is a secret: nothing of it is shown.</summary>
    private static bool IsConnection(string text)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = text };
            return parts.ContainsKey("Host") || parts.ContainsKey("Server");
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsHttp(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    private static bool IsIceUrl(string url) =>
        url.Length > 6 && s_iceSchemes.Any(scheme => url.StartsWith(scheme, StringComparison.Ordinal));
}
