using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Rtc.Server.Options;
using Rtc.Store.Buckets;

namespace Rtc.Server.Tests.Buckets;

/// <summary>
/// A server of the S3 protocol in memory that is stricter than real ones: it refuses a wrong signature, a body that is not the signed
/// one and whatever it does not know; and it fails as it is told to.
/// </summary>
internal sealed class FakeBucket : IAsyncDisposable
{
    public const string Name = "rtc";
    public const string KeyId = "AKIATEST";
    public const string SecretKey = "a/secret+key";
    private const string Region = "eu-test-1";
    private const string Xml = "http://s3.amazonaws.com/doc/2006-03-01/";

    private readonly WebApplication _app;
    private readonly Meter _meter = new("test");
    private readonly ConcurrentDictionary<string, Dictionary<int, byte[]>> _uploads = [];
    private int _count;

    private FakeBucket()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>All objects.</summary>
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>When objects were written, where it was not just now.</summary>
    public ConcurrentDictionary<string, DateTimeOffset> Times { get; } = [];

    /// <summary>Uploads in parts that were begun and neither ended nor given up.</summary>
    public int Uploads => _uploads.Count;

    /// <summary>Method and key of each request.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>How many an answer to a list has at most.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>Asked before each request: what goes wrong.</summary>
    public Func<HttpRequest, Fault> Fails { get; set; } = _ => Fault.None;

    /// <summary>Who may use it.</summary>
    public BucketKeys Keys { get; set; } = new(KeyId, SecretKey);

    /// <summary>When uploads in parts were begun.</summary>
    public DateTimeOffset Begun { get; set; } = DateTimeOffset.UtcNow;

    /// <summary>By what its clock differs.</summary>
    public TimeSpan ClockOff { get; set; }

    public BucketOptions Options => new()
    {
        Name = Name, Endpoint = _app.Urls.First(), Region = Region, KeyId = KeyId, SecretKey = SecretKey, Prefix = "p/",
    };

    public BucketClient Client(string secret = SecretKey, TimeProvider? time = null, TimeSpan? patience = null) => new(
        new BucketSettings
        {
            Name = Name, Endpoint = new Uri(_app.Urls.First()), Region = Region, Keys = () => new BucketKeys(KeyId, secret), Prefix = "p/",
            Patience = patience ?? TimeSpan.FromSeconds(30),
        },
        new BucketCounters(_meter), time ?? TimeProvider.System);

    public static async Task<FakeBucket> StartAsync()
    {
        var bucket = new FakeBucket();
        await bucket._app.StartAsync(TestContext.Current.CancellationToken);
        return bucket;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _meter.Dispose();
    }

    /// <summary>Leaves an upload in parts that nobody ends.</summary>
    public void Begin(string key) => _uploads[$"left@{key}"] = [];

    private async Task AnswerAsync(HttpContext http)
    {
        HttpRequest request = http.Request;
        string path = request.Path.Value!;
        string key = path.StartsWith($"/{Name}/", StringComparison.Ordinal) ? path[(Name.Length + 2)..] : string.Empty;
        Requests.Enqueue($"{request.Method} {key}{request.QueryString}");
        Fault fault = Fails(request);
        if (fault == Fault.Busy)
        {
            await ErrorAsync(http, 503, "SlowDown");
            return;
        }

        if (fault == Fault.Hangup)
        {
            http.Abort();
            return;
        }

        if (fault == Fault.Silence)
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        if (fault == Fault.Mute)
        {
            return;
        }

        byte[] body = await BodyAsync(request);
        if (path != $"/{Name}" && key.Length == 0)
        {
            await ErrorAsync(http, 404, "NoSuchBucket");
        }
        else if (Refusal(request, body) is { } refusal)
        {
            http.Response.Headers.Date = (DateTimeOffset.UtcNow + ClockOff).ToString("R");
            await ErrorAsync(http, 403, refusal);
        }
        else
        {
            await (request.Method switch
            {
                "GET" when key.Length == 0 => ListAsync(http),
                "GET" or "HEAD" => GetAsync(http, key, fault),
                "PUT" => PutAsync(http, key, body),
                "POST" => PostAsync(http, key, body),
                "DELETE" => DeleteAsync(http, key),
                _ => ErrorAsync(http, 405, "MethodNotAllowed"),
            });
        }
    }

    private static async Task<byte[]> BodyAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private string? Refusal(HttpRequest request, byte[] body)
    {
        string time = request.Headers["x-amz-date"].ToString();
        DateTimeOffset at = DateTimeOffset.ParseExact(
            time, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        if ((at - (DateTimeOffset.UtcNow + ClockOff)).Duration() > TimeSpan.FromMinutes(15))
        {
            return "RequestTimeTooSkewed";
        }

        string hash = request.Headers["x-amz-content-sha256"].ToString();
        if (hash != Convert.ToHexStringLower(SHA256.HashData(body)))
        {
            return "XAmzContentSHA256Mismatch";
        }

        // The signature is worked out from what came, by nothing that the client has.
        string given = request.Headers.Authorization.ToString();
        string names = given.Split("SignedHeaders=")[^1].Split(',')[0];
        if (request.Headers["x-amz-security-token"] != Keys.SessionToken
            || names.Split(';').Contains("x-amz-security-token") != (Keys.SessionToken is not null))
        {
            return "InvalidToken";
        }

        var canonical = new StringBuilder();
        canonical.Append(request.Method).Append('\n').Append(new Uri(request.GetEncodedUrl()).AbsolutePath).Append('\n')
            .Append(string.Join('&', request.QueryString.Value!.TrimStart('?').Split('&').Order(StringComparer.Ordinal))).Append('\n');
        foreach (string name in names.Split(';'))
        {
            canonical.Append(name).Append(':').Append(request.Headers[name].ToString()).Append('\n');
        }

        canonical.Append('\n').Append(names).Append('\n').Append(hash);
        string scope = $"{time[..8]}/{Region}/s3/aws4_request";
        byte[] key = scope.Split('/').Aggregate(
            Encoding.UTF8.GetBytes("AWS4" + Keys.SecretKey), (sofar, part) => HMACSHA256.HashData(sofar, Encoding.UTF8.GetBytes(part)));
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())));
        string signature = Convert.ToHexStringLower(
            HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"AWS4-HMAC-SHA256\n{time}\n{scope}\n{digest}")));
        return given == $"AWS4-HMAC-SHA256 Credential={Keys.KeyId}/{scope},SignedHeaders={names},Signature={signature}"
            ? null
            : "SignatureDoesNotMatch";
    }

    private Task ListAsync(HttpContext http)
    {
        IQueryCollection query = http.Request.Query;
        string prefix = query["prefix"].ToString();
        XNamespace xml = Xml;
        if (query.ContainsKey("uploads"))
        {
            return XmlAsync(http, new XElement(
                xml + "ListMultipartUploadsResult", new XElement(xml + "IsTruncated", "false"),
                _uploads.Keys.Select(id => id.Split('@')).Where(of => of[1].StartsWith(prefix, StringComparison.Ordinal)).Select(
                    of => new XElement(
                        xml + "Upload", new XElement(xml + "Key", of[1]), new XElement(xml + "UploadId", of[0]),
                        new XElement(xml + "Initiator", new XElement(xml + "ID", "someone")),
                        new XElement(xml + "Initiated", Begun.ToString("O"))))));
        }

        string after = query["continuation-token"].ToString();
        string[] keys = [.. Objects.Keys.Order(StringComparer.Ordinal).Where(
            key => key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(key, after) > 0)];
        bool isMore = keys.Length > PageSize;
        return XmlAsync(http, new XElement(
            xml + "ListBucketResult", new XElement(xml + "Name", Name), new XElement(xml + "IsTruncated", isMore ? "true" : "false"),
            keys.Take(PageSize).Select(key => new XElement(
                xml + "Contents", new XElement(xml + "Key", key), new XElement(xml + "LastModified", Written(key).ToString("O")),
                new XElement(xml + "ETag", Tag(Objects[key])), new XElement(xml + "Size", Objects[key].Length),
                new XElement(xml + "Owner", new XElement(xml + "ID", "me"), new XElement(xml + "Key", "not this one")))),
            isMore ? new XElement(xml + "NextContinuationToken", keys[PageSize - 1]) : null));
    }

    private async Task GetAsync(HttpContext http, string key, Fault fault)
    {
        if (!Objects.TryGetValue(key, out byte[]? bytes))
        {
            await ErrorAsync(http, 404, "NoSuchKey");
            return;
        }

        HttpResponse answer = http.Response;
        answer.Headers.ETag = Tag(bytes);
        answer.Headers.LastModified = Written(key).ToString("R");
        if (http.Request.Headers.IfMatch is [{ } wanted] && wanted != Tag(bytes))
        {
            await ErrorAsync(http, 412, "PreconditionFailed");
            return;
        }

        (int from, int to) = (0, bytes.Length);
        if (http.Request.Headers.Range is [{ } range])
        {
            int[] ends = [.. range["bytes=".Length..].Split('-').Select(int.Parse)];
            (from, to) = (ends[0], Math.Min(bytes.Length, ends[1] + 1));
            answer.StatusCode = 206;
            answer.Headers.ContentRange = $"bytes {from}-{to - 1}/{bytes.Length}";
        }

        answer.ContentLength = to - from;
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        if (fault == Fault.BreakOff)
        {
            await answer.Body.WriteAsync(bytes.AsMemory(from, (to - from) / 2));
            await answer.Body.FlushAsync();
            http.Abort();
            return;
        }

        await answer.Body.WriteAsync(bytes.AsMemory(from, to - from));
    }

    private async Task PutAsync(HttpContext http, string key, byte[] body)
    {
        IQueryCollection query = http.Request.Query;
        if (!query.ContainsKey("uploadId"))
        {
            Objects[key] = body;
        }
        else if (_uploads.TryGetValue($"{query["uploadId"]}@{key}", out Dictionary<int, byte[]>? parts))
        {
            lock (parts)
            {
                parts[int.Parse(query["partNumber"].ToString(), CultureInfo.InvariantCulture)] = body;
            }
        }
        else
        {
            await ErrorAsync(http, 404, "NoSuchUpload");
            return;
        }

        http.Response.Headers.ETag = Tag(body);
    }

    private async Task PostAsync(HttpContext http, string key, byte[] body)
    {
        XNamespace xml = Xml;
        if (http.Request.Query.ContainsKey("uploads"))
        {
            string id = $"upload+{Interlocked.Increment(ref _count)}/=";
            _uploads[$"{id}@{key}"] = [];
            await XmlAsync(http, new XElement(xml + "InitiateMultipartUploadResult", new XElement(xml + "UploadId", id)));
            return;
        }

        if (!_uploads.TryRemove($"{http.Request.Query["uploadId"]}@{key}", out Dictionary<int, byte[]>? parts))
        {
            await ErrorAsync(http, 404, "NoSuchUpload");
            return;
        }

        var whole = new MemoryStream();
        foreach (XElement part in XDocument.Parse(Encoding.UTF8.GetString(body)).Root!.Elements(xml + "Part"))
        {
            byte[] bytes = parts[(int)part.Element(xml + "PartNumber")!];
            Assert.Equal(Tag(bytes), part.Element(xml + "ETag")!.Value);
            whole.Write(bytes);
        }

        Objects[key] = whole.ToArray();
        await XmlAsync(http, new XElement(xml + "CompleteMultipartUploadResult", new XElement(xml + "ETag", string.Empty)));
    }

    private async Task DeleteAsync(HttpContext http, string key)
    {
        if (!http.Request.Query.ContainsKey("uploadId"))
        {
            Objects.TryRemove(key, out _);
        }
        else if (!_uploads.TryRemove($"{http.Request.Query["uploadId"]}@{key}", out _))
        {
            await ErrorAsync(http, 404, "NoSuchUpload");
            return;
        }

        http.Response.StatusCode = 204;
    }

    private DateTimeOffset Written(string key) => Times.TryGetValue(key, out DateTimeOffset at) ? at : DateTimeOffset.UtcNow;

    private static string Tag(byte[] bytes) => $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}\"";

    private static Task ErrorAsync(HttpContext http, int status, string code)
    {
        http.Response.StatusCode = status;
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : XmlAsync(http, new XElement("Error", new XElement("Code", code), new XElement("Message", "as the test wants it")));
    }

    private static Task XmlAsync(HttpContext http, XElement xml)
    {
        http.Response.ContentType = "application/xml";
        return http.Response.WriteAsync(new XDocument(xml).ToString());
    }
}

/// <summary>What goes wrong with a request.</summary>
internal enum Fault
{
    None,
    Busy,
    Hangup,
    BreakOff,

    /// <summary>It takes the request and says nothing.</summary>
    Silence,

    /// <summary>It says OK and nothing else, and does nothing.</summary>
    Mute,
}
