using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rtc.Client;

/// <summary>The HTTP side of a server: who asks, what a refusal says, and server-sent events. Owned by <see cref="RtcClient"/>.</summary>
internal sealed class ApiConnection : IDisposable
{
    private const int MaxProblemBytes = 64 * 1024;

    private readonly HttpClient _http;
    private readonly RtcClientOptions _options;
    private readonly Uri _server;

    public ApiConnection(Uri server, RtcClientOptions options)
    {
        _server = server.AbsoluteUri.EndsWith('/') ? server : new Uri(server.AbsoluteUri + "/");
        _options = options;
        _http = new HttpClient(options.Handler ?? new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        Version? version = typeof(RtcClient).Assembly.GetName().Version;
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("rtc-client", version?.ToString(3)));
    }

    public Uri AddressOf(string path) => new(_server, path);

    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, bool isRoom, CancellationToken cancel) =>
        AskAsync(HttpMethod.Get, path, null, type, isRoom, cancel);

    /// <summary>Asks, and reads the answer.</summary>
    public async Task<T> AskAsync<T>(
        HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, bool isRoom, CancellationToken cancel,
        bool hasOwnTime = false)
    {
        using var request = new HttpRequestMessage(method, AddressOf(path)) { Content = content };
        using HttpResponseMessage answer = await SendAsync(request, isRoom, hasOwnTime, cancel).ConfigureAwait(false);
        try
        {
            return await answer.Content.ReadFromJsonAsync(type, cancel).ConfigureAwait(false)
                ?? throw new RtcException(RtcException.BadAnswer, $"{method} {path}: the answer is empty.");
        }
        catch (Exception error) when (error is JsonException or HttpRequestException)
        {
            throw new RtcException(RtcException.BadAnswer, $"{method} {path}: the answer can't be read: {error.Message}", error);
        }
    }

    /// <summary>Asks where the answer has no body that matters.</summary>
    public async Task TellAsync(HttpMethod method, Uri address, bool isRoom, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, address);
        using HttpResponseMessage _ = await SendAsync(request, isRoom, hasOwnTime: false, cancel).ConfigureAwait(false);
    }

    /// <summary>Server-sent events until the server ends them.</summary>
    public async IAsyncEnumerable<SseItem<string>> FollowAsync(
        string path, bool isRoom, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(path));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using HttpResponseMessage answer = await SendAsync(request, isRoom, hasOwnTime: false, cancel).ConfigureAwait(false);
        await using Stream stream = await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using IAsyncEnumerator<SseItem<string>> items = SseParser.Create(stream).EnumerateAsync(cancel).GetAsyncEnumerator(cancel);
        while (true)
        {
            try
            {
                if (!await items.MoveNextAsync().ConfigureAwait(false))
                {
                    yield break;
                }
            }
            catch (Exception error) when (error is IOException or HttpRequestException)
            {
                throw new RtcException(RtcException.Closed, $"The stream of {path} was lost: {error.Message}", error);
            }

            yield return items.Current;
        }
    }

    /// <summary>Sends with the caller's key or token. The answer is a good one, and its body still to be read.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool isRoom, bool hasOwnTime, CancellationToken cancel)
    {
        if (isRoom && _options.Token is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        else if (_options.Key is { } key)
        {
            request.Headers.Add("X-API-Key", key);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (!hasOwnTime)
        {
            limit.CancelAfter(_options.Timeout);
        }

        HttpResponseMessage? answer = null;
        try
        {
            answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode && !IsMove(answer))
            {
                throw await ProblemAsync(answer, limit.Token).ConfigureAwait(false);
            }

            HttpResponseMessage good = answer;
            answer = null;
            return good;
        }
        catch (HttpRequestException error)
        {
            throw new RtcException(RtcException.Unreachable, $"{request.RequestUri!.Authority} can't be reached: {error.Message}", error);
        }
        catch (OperationCanceledException error) when (!cancel.IsCancellationRequested)
        {
            throw new RtcException(
                RtcException.Timeout, $"{request.RequestUri!.Authority} did not answer within {_options.Timeout.TotalSeconds} s.", error);
        }
        finally
        {
            answer?.Dispose();
        }
    }

    /// <summary>The room is at another node, where the same request is to be made.</summary>
    public static bool IsMove(HttpResponseMessage answer) =>
        answer.StatusCode is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect && answer.Headers.Location is not null;

    public void Dispose() => _http.Dispose();

    /// <summary>RFC 9457. Some answers have their code as the title, some beside it.</summary>
    private static async Task<RtcException> ProblemAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        ProblemDetails? problem = null;
        if (answer.Content.Headers.ContentType?.MediaType == "application/problem+json"
            && answer.Content.Headers.ContentLength is null or <= MaxProblemBytes)
        {
            try
            {
                problem = await answer.Content.ReadFromJsonAsync(ClientJson.Default.ProblemDetails, cancel).ConfigureAwait(false);
            }
            catch (JsonException)
            {
                // The status says enough.
            }
        }

        string code = problem?.Code ?? problem?.Title ?? answer.StatusCode.ToString();
        return new RtcException(code, problem?.Detail ?? answer.ReasonPhrase ?? code)
        {
            Status = answer.StatusCode,
            RetryAfter = answer.Headers.RetryAfter?.Delta,
        };
    }
}

/// <summary>What is read of a problem answer.</summary>
internal sealed record ProblemDetails(string? Title, string? Detail, string? Code);
