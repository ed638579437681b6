using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rtc.Store.Buckets;

/// <summary>Signs requests by AWS Signature Version 4, in the header Authorization.</summary>
internal sealed class RequestSignature(string region)
{
    /// <summary>The hash of a body without bytes.</summary>
    public const string Nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Service = "s3";
    private const string Last = "aws4_request";

    /// <param name="request">Whole but for the signature; its address is sent as it stands.</param>
    /// <param name="bodyHash">The sha256 of the body, in small hexadecimal digits.</param>
    /// <param name="now">By the server's clock: it refuses what is a quarter of an hour off.</param>
    /// <param name="keys">Whose request it is.</param>
    public void Sign(HttpRequestMessage request, string bodyHash, DateTimeOffset now, BucketKeys keys)
    {
        string time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string scope = $"{time[..8]}/{region}/{Service}/{Last}";
        Uri uri = request.RequestUri!;
        string host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        request.Headers.Host = uri.IsDefaultPort ? host : $"{host}:{uri.Port}";
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", bodyHash);
        request.Headers.TryAddWithoutValidation("x-amz-date", time);
        if (keys.SessionToken is not null)
        {
            request.Headers.TryAddWithoutValidation("x-amz-security-token", keys.SessionToken);
        }

        (string Name, string Value)[] headers = [.. request.Headers.NonValidated
            .Select(header => (header.Key.ToLowerInvariant(), header.Value.ToString().Trim()))
            .OrderBy(header => header.Item1, StringComparer.Ordinal)];
        string names = string.Join(';', headers.Select(header => header.Name));
        string canonical = string.Join('\n',
        [
            request.Method.Method, uri.AbsolutePath, Canonical(uri.Query),
            .. headers.Select(header => $"{header.Name}:{header.Value}"), string.Empty, names, bodyHash,
        ]);
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        string toSign = string.Join('\n', Algorithm, time, scope, digest);
        string signature = Convert.ToHexStringLower(HMACSHA256.HashData(KeyOf(keys.SecretKey, time[..8]), Encoding.UTF8.GetBytes(toSign)));
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"{Algorithm} Credential={keys.KeyId}/{scope},SignedHeaders={names},Signature={signature}");
    }

    /// <summary>By name; one without a value has an empty one.</summary>
    private static string Canonical(string query) => string.Join('&', query.TrimStart('?')
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Contains('=') ? pair : pair + '=')
        .Order(StringComparer.Ordinal));

    private byte[] KeyOf(string secretKey, string date)
    {
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + secretKey);
        foreach (string part in (string[])[date, region, Service, Last])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return key;
    }
}
