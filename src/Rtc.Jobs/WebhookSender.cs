using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using Rtc.Store;
using Rtc.Store.Queue;

namespace Rtc.Jobs;

/// <summary>
/// Tells of jobs that are over: one loop posts what is due, signed, and tries again ever less often where that fails. It may come twice,
/// never not at all; who receives it goes by the job's id. Owns the connections.
/// </summary>
public sealed class JobWebhooks : IAsyncDisposable
{
    public const string SignatureHeader = "Rtc-Signature";

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private readonly WebhookTable _table;
    private readonly WebhookOptions _options;
    private readonly Func<Job, byte[]> _body;
    private readonly Lazy<HttpClient> _client;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    /// <param name="table">Who is to be told.</param>
    /// <param name="options">How.</param>
    /// <param name="body">A job as it is told of.</param>
    /// <param name="handler">Makes, with the first that is due, what goes out; it decides where to.</param>
    /// <param name="time">When to try.</param>
    public JobWebhooks(
        WebhookTable table, WebhookOptions options, Func<Job, byte[]> body, Func<HttpMessageHandler> handler, TimeProvider time)
    {
        (_table, _options, _body, _time) = (table, options, body, time);
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
        try
        {
            while (true)
            {
                try
                {
                    if (await _table.TakeAsync(_options.DelayAfter, stop).ConfigureAwait(false) is { } due)
                    {
                        if (await IsToldAsync(due, stop).ConfigureAwait(false) || due.Try >= _options.MaxTries)
                        {
                            await _table.EndAsync(due.Job.Id, stop).ConfigureAwait(false);
                        }

                        continue;
                    }
                }
                catch (StoreUnavailableException)
                {
                    // It is due still when the store is back.
                }

                await Task.Delay(_options.PollEvery, _time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    /// <summary>True where it was taken, or where its receiver says that it is gone for good.</summary>
    private async Task<bool> IsToldAsync(DueWebhook due, CancellationToken stop)
    {
        byte[] body = _body(due.Job);
        using var request = new HttpRequestMessage(HttpMethod.Post, due.Address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        request.Headers.Add(SignatureHeader, Sign(_options.Key!, _time.GetUtcNow(), body));
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
