using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;

namespace Rtc.Jobs;

/// <summary>
/// Tells of what is over or has happened: one loop posts what is due, signed, and tries again ever less often where that fails. Several
/// receivers are told at once, each of one thing at a time, so that one that is dead holds up no other. It may come twice, never not at
/// all; who receives it goes by the id in it. Owns the connections.
/// </summary>
public sealed class WebhookSender : IAsyncDisposable
{
    public const string SignatureHeader = "Rtc-Signature";

    private const int MaxAtOnce = 16;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private readonly IWebhookSource _source;
    private readonly WebhookOptions _options;
    private readonly Lazy<HttpClient> _client;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    /// <param name="source">Who is to be told of what.</param>
    /// <param name="options">How.</param>
    /// <param name="handler">Makes, with the first that is due, what goes out; it decides where to.</param>
    /// <param name="time">When to try.</param>
    public WebhookSender(IWebhookSource source, WebhookOptions options, Func<HttpMessageHandler> handler, TimeProvider time)
    {
        (_source, _options, _time) = (source, options, time);
        _client = new Lazy<HttpClient>(() => new HttpClient(handler()) { Timeout = s_timeout });
    }

    public void Start()
    {
        if (_options.Key is not null && _loop.IsCompleted && !_stopping.IsCancellationRequested)
        {
            _loop = Task.Run(RunAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            await _loop.ConfigureAwait(false);
            if (_client.IsValueCreated)
            {
                _client.Value.Dispose();
            }
        }
    }

    /// <summary>"t=1764000000,v1=…": HMAC-SHA256 of the time, a dot and the body.</summary>
    internal static string Sign(string key, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        string seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes(seconds + "."), .. body];
        return $"t={seconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), signed))}";
    }

    private async Task RunAsync()
    {
        CancellationToken stop = _stopping.Token;
        Dictionary<Task, string> atWork = [];
        Task poll = Task.CompletedTask;
        try
        {
            while (true)
            {
                if (atWork.Count < MaxAtOnce && await TakeAsync(atWork.Values, stop).ConfigureAwait(false) is { } due)
                {
                    atWork.Add(TellAsync(due, stop), BeginningOf(due.Address));
                    continue;
                }

                if (poll.IsCompleted)
                {
                    poll = Task.Delay(_options.PollEvery, _time, stop);
                }

                await Task.WhenAny([poll, .. atWork.Keys]).ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
                foreach (Task told in atWork.Keys.Where(one => one.IsCompleted).ToArray())
                {
                    atWork.Remove(told);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }

        await Task.WhenAll(atWork.Keys).ConfigureAwait(false);
    }

    private async Task<WebhookCall?> TakeAsync(IReadOnlyCollection<string> busy, CancellationToken stop)
    {
        try
        {
            return await _source.TakeAsync(_options.DelayAfter, busy, stop).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // It is due still when the store is back, or answers without an error.
            return null;
        }
    }

    private async Task TellAsync(WebhookCall due, CancellationToken stop)
    {
        try
        {
            if (await IsToldAsync(due, stop).ConfigureAwait(false) || due.Try >= _options.MaxTries)
            {
                await _source.EndAsync(due, stop).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // It is due again after its delay, by this program or by the next.
        }
    }

    /// <summary>Scheme, host and port: all that is there waits for one answer at a time, and so comes in order.</summary>
    private static string BeginningOf(string address)
    {
        string host = new Uri(address).Authority;
        int at = address.IndexOf(host, StringComparison.OrdinalIgnoreCase);
        return (at < 0 ? address : address[..(at + host.Length)]).ToLowerInvariant();
    }

    /// <summary>True where it was taken, or where its receiver says that it is gone for good.</summary>
    private async Task<bool> IsToldAsync(WebhookCall due, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, due.Address) { Content = new ReadOnlyMemoryContent(due.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        request.Headers.Add(SignatureHeader, Sign(_options.Key!, _time.GetUtcNow(), due.Body.Span));
        request.Headers.Add("Rtc-Try", due.Try.ToString(CultureInfo.InvariantCulture));
        try
        {
            using HttpResponseMessage answer =
                await _client.Value.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
            return answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Gone;
        }
        catch (Exception error) when (
            error is HttpRequestException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return false;
        }
    }
}
