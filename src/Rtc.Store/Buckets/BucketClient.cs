using System.Net;
using System.Net.Http.Headers;
using Rtc.Store.Files;

namespace Rtc.Store.Buckets;

/// <summary>
/// Asks a bucket, signed, and again where it did not answer, is busy or is held by a clock that is off. Owns its connections.
/// </summary>
public sealed class BucketClient : IDisposable
{
    private const int Attempts = 4;

    // Some ten seconds, for what can't be sent its client has to send once more.
    private const int AttemptsToSend = 6;

    // The first may be a connection that broke without a word; more than a minute nobody waits.
    private const int MaxSilences = 2;
    private const int BufferBytes = 16 * 1024;

    // A thousand entries of the longest keys.
    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_connectionAge = TimeSpan.FromMinutes(5);

    // Servers refuse what is a quarter of an hour off.
    private static readonly TimeSpan s_clockMayDiffer = TimeSpan.FromMinutes(10);

    private readonly BucketSettings _settings;
    private readonly RequestSignature _signature;
    private readonly BucketCounters _counters;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly string _address;
    private TimeSpan _clockOff;

    public BucketClient(BucketSettings settings, BucketCounters counters, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_settings, _counters, _time) = (settings, counters, time);
        _signature = new RequestSignature(settings.Region);
        string at = settings.Endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/');
        _address = settings.IsInHostName ? at.Replace("://", $"://{settings.Name}.", StringComparison.Ordinal) : $"{at}/{settings.Name}";
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A redirect would lead signed requests, and videos, elsewhere.
            AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = s_connect, PooledConnectionLifetime = s_connectionAge,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Before every name.</summary>
    internal string Prefix => _settings.Prefix;

    internal BucketCounters Counters => _counters;

    internal TimeSpan Patience => _settings.Patience;

    public void Dispose() => _http.Dispose();

    /// <summary>Null where the bucket answers and lets this program in; else what is wrong.</summary>
    public async Task<string?> CheckAsync(CancellationToken cancel)
    {
        try
        {
            BucketAnswer answer = await AskAsync(
                new BucketRequest(HttpMethod.Get, string.Empty, $"list-type=2&max-keys=1&prefix={Uri.EscapeDataString(Prefix)}"), cancel)
                .ConfigureAwait(false);
            return answer.Status != HttpStatusCode.OK ? "there is no such bucket"
                : BucketXml.ReadPage(answer.Body) is null ? "what answers is no S3 server"
                : null;
        }
        catch (FilesUnavailableException error)
        {
            return error.Message;
        }
    }

    /// <summary>The answer's head and its whole body, which is short.</summary>
    /// <exception cref="FilesUnavailableException">It was refused, or was not answered in several attempts.</exception>
    internal Task<BucketAnswer> AskAsync(BucketRequest request, CancellationToken cancel) => TryAsync(
        request,
        async (answer, stall) =>
        {
            using (answer)
            {
                byte[] body = await ReadAsync(answer.Content, stall).ConfigureAwait(false);
                return (new BucketAnswer(answer, body), Judge(request, answer, body));
            }
        },
        cancel);

    /// <summary>A part of an object, as it comes; null where there is none, or no longer that version.</summary>
    /// <exception cref="FilesUnavailableException">As with every question.</exception>
    internal Task<Stream?> OpenAsync(string key, long from, long to, string? tag, CancellationToken cancel)
    {
        var request = new BucketRequest(HttpMethod.Get, key) { Range = (from, to), Tag = tag };
        return TryAsync(
            request,
            async (answer, stall) =>
            {
                if (answer.StatusCode == HttpStatusCode.PartialContent)
                {
                    _counters.Asked(request.Method, "done");
                    return (await answer.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false), null);
                }

                using (answer)
                {
                    if (answer.IsSuccessStatusCode)
                    {
                        throw new FilesUnavailableException("The bucket's server gives no parts of objects.");
                    }

                    return ((Stream?)null, Judge(request, answer, await ReadAsync(answer.Content, stall).ConfigureAwait(false)));
                }
            },
            cancel);
    }

    /// <summary>Asks until what came is right, a few times.</summary>
    private async Task<T> TryAsync<T>(
        BucketRequest request, Func<HttpResponseMessage, StallTimeout, Task<(T Result, string? Wrong)>> read, CancellationToken cancel)
    {
        int attempts = request.Method == HttpMethod.Put || request.Method == HttpMethod.Post ? AttemptsToSend : Attempts;
        int silences = 0;
        TimeSpan wait = s_firstWait;
        for (int attempt = 1; ; attempt++, wait *= 3)
        {
            string reason;
            Exception? inner = null;
            using (var stall = new StallTimeout(Patience, cancel))
            {
                try
                {
                    (T result, string? wrong) = await read(await SendAsync(request, stall).ConfigureAwait(false), stall)
                        .ConfigureAwait(false);
                    if (wrong is null)
                    {
                        return result;
                    }

                    reason = wrong;
                }
                catch (Exception error) when (error is HttpRequestException or IOException
                    || (error is OperationCanceledException && stall.IsOver))
                {
                    _counters.Asked(request.Method, "failed");
                    (reason, inner) = (stall.IsOver ? "it said nothing in time" : error.Message, error);
                    silences += stall.IsOver ? 1 : 0;
                }
            }

            if (attempt == attempts || silences == MaxSilences)
            {
                throw new FilesUnavailableException("The bucket does not answer: " + reason, inner);
            }

            await Task.Delay(wait * (0.5 + Random.Shared.NextDouble()), _time, cancel).ConfigureAwait(false);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(BucketRequest asked, StallTimeout stall)
    {
        string path = string.Join('/', asked.Key.Split('/').Select(Uri.EscapeDataString));
        string address = $"{_address}{(path.Length == 0 && !_settings.IsInHostName ? string.Empty : "/" + path)}"
            + (asked.Query.Length > 0 ? "?" + asked.Query : string.Empty);

        // What is signed has to be sent letter by letter.
        using var request = new HttpRequestMessage(
            asked.Method, new Uri(address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Content = asked.Body?.Invoke(stall.Progress);
        if (asked.Range is (long from, long to))
        {
            request.Headers.Range = new RangeHeaderValue(from, to);
        }

        if (asked.Tag is { } tag)
        {
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        }

        _signature.Sign(request, asked.BodyHash, _time.GetUtcNow() + _clockOff, _settings.Keys());
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token).ConfigureAwait(false);
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, StallTimeout stall)
    {
        using var into = new MemoryStream();
        await using Stream body = await content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
        byte[] buffer = new byte[BufferBytes];
        for (int read; (read = await body.ReadAsync(buffer, stall.Token).ConfigureAwait(false)) > 0;)
        {
            if (into.Length + read > MaxAnswerBytes)
            {
                throw new FilesUnavailableException("The bucket's server answers more than any answer has.");
            }

            into.Write(buffer, 0, read);
            stall.Progress();
        }

        return into.ToArray();
    }

    /// <summary>Null where the answer is one, that there is no such object among them; why to ask again, where that helps.</summary>
    /// <exception cref="FilesUnavailableException">It would be the same again.</exception>
    private string? Judge(BucketRequest request, HttpResponseMessage answer, byte[] body)
    {
        (string code, string message) = answer.IsSuccessStatusCode ? default
            : BucketXml.ReadError(body) ?? (string.Empty, answer.ReasonPhrase ?? string.Empty);
        if (answer.IsSuccessStatusCode
            || answer.StatusCode == HttpStatusCode.PreconditionFailed
            || (answer.StatusCode == HttpStatusCode.NotFound && code != "NoSuchBucket"))
        {
            _counters.Asked(request.Method, answer.IsSuccessStatusCode ? "done" : "missing");
            return null;
        }

        string reason = $"{(int)answer.StatusCode} {code} {message}".TrimEnd();
        if (answer.Headers.Date is { } date && IsClock(answer.StatusCode, code, body, date))
        {
            _clockOff = date - _time.GetUtcNow();
        }
        else if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout)
            && (int)answer.StatusCode < (int)HttpStatusCode.InternalServerError
            && code != "RequestTimeout")
        {
            _counters.Asked(request.Method, "refused");
            throw new FilesUnavailableException("The bucket refuses: " + reason);
        }

        _counters.Asked(request.Method, "failed");
        return reason;
    }

    /// <summary>It was refused for the time it was signed with. The answer to a HEAD does not say why.</summary>
    private bool IsClock(HttpStatusCode status, string code, byte[] body, DateTimeOffset date) => code == "RequestTimeTooSkewed"
        || (status == HttpStatusCode.Forbidden && body.Length == 0
            && (date - _time.GetUtcNow() - _clockOff).Duration() > s_clockMayDiffer);
}
