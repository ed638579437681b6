using System.Net.Http.Headers;

namespace Rtc.Client;

/// <summary>The library of the user whose key the client has, as far as jobs need it.</summary>
public sealed class VideoApi
{
    private readonly ApiConnection _api;

    internal VideoApi(ApiConnection api) => _api = api;

    /// <summary>Uploads a film as it is; the container is known by its content.</summary>
    public async Task<Video> UploadAsync(Stream film, string name, CancellationToken cancel = default)
    {
        using var content = new StreamContent(film);
        content.Headers.ContentType = new MediaTypeHeaderValue("video/mp4");
        return await _api.AskAsync(
            HttpMethod.Post, "api/videos" + Query.Of(("name", name)), content, ClientJson.Default.Video, isRoom: false, cancel,
            hasOwnTime: true).ConfigureAwait(false);
    }

    public Task<Video> FindAsync(string videoId, CancellationToken cancel = default) =>
        _api.GetAsync(PathOf(videoId), ClientJson.Default.Video, isRoom: false, cancel);

    /// <summary>Deletes it with its results.</summary>
    public Task DeleteAsync(string videoId, CancellationToken cancel = default) =>
        _api.TellAsync(HttpMethod.Delete, _api.AddressOf(PathOf(videoId)), isRoom: false, cancel);

    private static string PathOf(string videoId) => $"api/videos/{Uri.EscapeDataString(videoId)}";
}

/// <summary>A film in the library, with what its container says.</summary>
public sealed record Video
{
    public string VideoId { get; init; } = "";

    public string Name { get; init; } = "";

    public long Bytes { get; init; }

    public string Sha256 { get; init; } = "";

    public double DurationSeconds { get; init; }

    public int Width { get; init; }

    public int Height { get; init; }

    public double Fps { get; init; }

    public string Codec { get; init; } = "";

    public long TotalFrames { get; init; }

    public bool HasAudio { get; init; }

    public string Status { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public bool HasSidecar { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}
