using System.Net;
using System.Text.Json.Nodes;

namespace Rtc.Analysis.Language;

/// <summary>
/// Requests to a language model: paced, tried again with growing pauses where that may help, and their answers bounded. What comes back
/// is another's, and nothing of it is believed. Owns the pace, and is the describer's.
/// </summary>
internal sealed class LanguageHttp : IDisposable
{
    private const int MaxTries = 5;
    private const int MaxAnswerBytes = 1 << 20;
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_maxPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(2);

    private readonly HttpClient _client;
    private readonly RequestPace _pace;
    private readonly TimeProvider _time;

    public LanguageHttp(HttpMessageHandler handler, RequestPace pace, TimeProvider time)
    {
        _client = new HttpClient(handler, disposeHandler: false) { Timeout = s_timeout };
        (_pace, _time) = (pace, time);
    }

    /// <param name="request">Makes it, anew for each try.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>The answer's JSON object, and its headers; the caller's to dispose of.</returns>
    /// <exception cref="LanguageException">There is no such answer.</exception>
    public async Task<(JsonObject Body, HttpResponseMessage Answer)> SendAsync(
        Func<HttpRequestMessage> request, CancellationToken cancel)
    {
        TimeSpan pause = s_firstPause;
        for (int tries = 1; ; tries++)
        {
            await _pace.WaitAsync(cancel).ConfigureAwait(false);
            string reason;
            try
            {
                using HttpRequestMessage message = request();
                HttpResponseMessage answer =
                    await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
                bool isTaken = false;
                try
                {
                    if (answer.IsSuccessStatusCode)
                    {
                        JsonObject body = await ReadAsync(answer, cancel).ConfigureAwait(false);
                        isTaken = true;
                        return (body, answer);
                    }

                    reason = $"it answers {(int)answer.StatusCode}";
                    if (answer.StatusCode is not HttpStatusCode.TooManyRequests and not HttpStatusCode.RequestTimeout
                        && (int)answer.StatusCode < 500)
                    {
                        throw new LanguageException(reason);
                    }

                    pause = answer.Headers.RetryAfter?.Delta is { } told && told > pause ? told : pause;
                }
                finally
                {
                    if (!isTaken)
                    {
                        answer.Dispose();
                    }
                }
            }
            catch (Exception error) when (
                error is HttpRequestException or IOException
                || (error is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                reason = "it does not answer";
            }

            if (tries == MaxTries)
            {
                throw new LanguageException(reason);
            }

            await Task.Delay(pause < s_maxPause ? pause : s_maxPause, _time, cancel).ConfigureAwait(false);
            pause *= 2;
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _pace.Dispose();
    }

    private static async Task<JsonObject> ReadAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        await using Stream body = await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        using var kept = new MemoryStream();
        byte[] part = new byte[16 * 1024];
        for (int read; (read = await body.ReadAsync(part, cancel).ConfigureAwait(false)) > 0;)
        {
            if (kept.Length + read > MaxAnswerBytes)
            {
                throw new LanguageException("its answer is too long");
            }

            kept.Write(part, 0, read);
        }

        if (kept.Length == 0)
        {
            return [];
        }

        return SceneAnswer.Parse(kept.GetBuffer().AsSpan(0, (int)kept.Length)) is { } found && SceneAnswer.IsSound(found)
            ? found
            : throw new LanguageException("its answer is no JSON");
    }
}
