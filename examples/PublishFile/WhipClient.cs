using System.Net.Http.Headers;

namespace Rtc.Examples;

/// <summary>A WHIP session (RFC 9725) over HTTP: the offer is posted, the session deleted at its end.</summary>
internal sealed class WhipClient : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20), MaxResponseContentBufferSize = 256 * 1024 };
    private readonly Uri _address;
    private Uri? _session;

    public WhipClient(Uri address, string? token)
    {
        _address = address;
        _http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The server's answer.</summary>
    public async Task<string> OfferAsync(string offer, CancellationToken stop)
    {
        using var content = new StringContent(offer, new MediaTypeHeaderValue("application/sdp"));
        using HttpResponseMessage response = await _http.PostAsync(_address, content, stop);
        string text = await response.Content.ReadAsStringAsync(stop);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"the server refused with {(int)response.StatusCode}: {text}");
        }

        _session = response.Headers.Location is { } location ? new Uri(_address, location) : null;
        return text;
    }

    public async Task DeleteAsync()
    {
        if (_session is null)
        {
            return;
        }

        try
        {
            using HttpResponseMessage _ = await _http.DeleteAsync(_session);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            // The server is gone already.
        }
    }

    public void Dispose() => _http.Dispose();
}
