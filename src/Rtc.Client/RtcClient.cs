using System.Net;
using Rtc.Peer.Sdp;

namespace Rtc.Client;

/// <summary>
/// A server, as programs use it: its rooms, what happened in them, and work on videos. Owns the HTTP connections.
/// </summary>
public sealed class RtcClient : IDisposable
{
    private readonly ApiConnection _api;

    /// <param name="server">As <c>http://localhost:8080</c>.</param>
    /// <param name="options">Keys and tokens, where the server asks for them.</param>
    public RtcClient(Uri server, RtcClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        _api = new ApiConnection(server, options ?? new RtcClientOptions());
        Events = new EventApi(_api);
        Videos = new VideoApi(_api);
        Jobs = new JobApi(_api);
        Keys = new KeyApi(_api);
    }

    /// <inheritdoc cref="RtcClient(Uri, RtcClientOptions?)"/>
    public RtcClient(string server, RtcClientOptions? options = null)
        : this(new Uri(server), options)
    {
    }

    public EventApi Events { get; }

    public VideoApi Videos { get; }

    public JobApi Jobs { get; }

    public KeyApi Keys { get; }

    /// <summary>Rooms on air.</summary>
    public async Task<IReadOnlyList<RoomStatus>> RoomsAsync(CancellationToken cancel = default) =>
        await _api.GetAsync("api/rooms", ClientJson.Default.ListRoomStatus, isRoom: true, cancel).ConfigureAwait(false);

    /// <summary>One room; null where nobody is in it.</summary>
    public async Task<RoomStatus?> RoomAsync(string room, CancellationToken cancel = default)
    {
        try
        {
            return await _api.GetAsync($"api/rooms/{Uri.EscapeDataString(room)}", ClientJson.Default.RoomStatus, isRoom: true, cancel)
                .ConfigureAwait(false);
        }
        catch (RtcException error) when (error.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Joins a room as its camera; the frames are the caller's to encode.</summary>
    public Task<RoomConnection> PublishAsync(string room, PublishOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new PublishOptions();
        string query = Query.Of(("mode", options.Mode), ("name", options.Name), ("takeover", options.Takeover ? "true" : null));
        return PublishAsync(_api.AddressOf($"whip/{Uri.EscapeDataString(room)}{query}"), options, cancel);
    }

    /// <summary>The same at any WHIP address (RFC 9725); of the options only the codecs count.</summary>
    public Task<RoomConnection> PublishAsync(Uri address, PublishOptions? options = null, CancellationToken cancel = default) =>
        JoinAsync(address, [MediaDirection.SendOnly], (options ?? new PublishOptions()).Codecs, cancel);

    /// <summary>Joins a room as a viewer.</summary>
    public Task<RoomConnection> WatchAsync(string room, WatchOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new WatchOptions();
        Uri address = _api.AddressOf(
            $"whep/{Uri.EscapeDataString(room)}{Query.Of(("view", options.IsSource ? "source" : "annotated"))}");
        return JoinAsync(address, options.HasVideo ? [MediaDirection.ReceiveOnly] : [], options.Codecs, cancel);
    }

    /// <summary>Each <see cref="RoomConnection"/> is to be disposed before: the server is told by HTTP that its place is free.</summary>
    public void Dispose() => _api.Dispose();

    private Task<RoomConnection> JoinAsync(
        Uri address, MediaDirection[] video, IReadOnlyList<VideoCodec> codecs, CancellationToken cancel) =>
        RoomConnection.OpenAsync(
            new SdpSession(_api, address), new OfferPlan { Video = video, Codecs = codecs, DataChannel = true }, cancel);
}
