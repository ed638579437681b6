using System.Net.Http.Headers;

namespace Rtc.Client;

/// <summary>A WHIP or WHEP session over HTTP: the offer is posted where the room is, the session deleted at its end.</summary>
internal sealed class SdpSession(ApiConnection api, Uri address)
{
    private const int MaxMoves = 3;
    private Uri? _session;

    /// <summary>The server's answer.</summary>
    public async Task<string> OfferAsync(string offer, CancellationToken cancel)
    {
        Uri at = address;
        for (int moves = 0; ; moves++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, at)
            {
                Content = new StringContent(offer, new MediaTypeHeaderValue("application/sdp")),
            };
            using HttpResponseMessage answer = await api.SendAsync(request, isRoom: true, hasOwnTime: false, cancel).ConfigureAwait(false);
            if (!ApiConnection.IsMove(answer))
            {
                _session = answer.Headers.Location is { } location ? new Uri(at, location) : null;
                return await answer.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
            }

            if (moves == MaxMoves)
            {
                throw new RtcException(RtcException.BadAnswer, "The server sends this room from node to node.");
            }

            at = new Uri(at, answer.Headers.Location!);
        }
    }

    /// <summary>Ends it; a server that is gone needs no word.</summary>
    public async Task EndAsync()
    {
        if (_session is not { } session)
        {
            return;
        }

        _session = null;
        try
        {
            await api.TellAsync(HttpMethod.Delete, session, isRoom: true, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is RtcException or ObjectDisposedException)
        {
            // The session ends with its media as well.
        }
    }
}
