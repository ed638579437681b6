using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Rtc.Cluster;
using Rtc.Server.Http;
using Rtc.Server.Rooms;
using Rtc.Signaling;

namespace Rtc.Server.Cluster;

/// <summary>
/// What is asked over HTTP of a room that another node has: that node answers it, as if it had been asked itself, and who asked is
/// answered here. Nobody is sent to another address, to which a browser would bring no token.
/// </summary>
internal sealed class RoomRequests(IServiceProvider services, IHttpContextFactory contexts)
{
    public const string Kind = "http";

    private const string Rooms = "/api/rooms/";
    private const int MaxBodyBytes = 256 * 1024;
    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    /// <summary>Of what changes something: a recording is ended once it is a video.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(55);

    private static readonly string[] s_asked =
        ["Authorization", "X-API-Key", "Cookie", "Content-Type", "Accept", "Accept-Language", "If-Match", "If-None-Match"];

    private static readonly string[] s_answered =
        ["Content-Type", "Cache-Control", "Location", "ETag", "Retry-After", "WWW-Authenticate"];

    private RequestDelegate? _rest;

    /// <summary>Before anything serves: what lies behind is what other nodes' requests go through here.</summary>
    public void Use(IApplicationBuilder app)
    {
        app.Use(next =>
        {
            _rest = next;
            return http => TryRoomOf(http.Request, out RoomName room) ? PassOnAsync(http, room, next) : next(http);
        });

        // Other nodes' requests come in below that of the whole program.
        app.UseExceptionHandler();
    }

    /// <summary>The other node's side. Null where it is no request.</summary>
    public async Task<string?> AnswerAsync(string body)
    {
        if (FeedMessages.Read<RoomRequest>(body) is not { } asked || _rest is not { } rest)
        {
            return null;
        }

        await using AsyncServiceScope scope = services.CreateAsyncScope();
        using var written = new MemoryStream();
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Protocol = HttpProtocol.Http11,
            Method = asked.Method,
            Scheme = asked.Scheme,
            Path = asked.Path,
            QueryString = asked.Query,
            Body = new MemoryStream(asked.Body),
            Headers = new HeaderDictionary(),
        });
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(written));
        features.Set<IHttpRequestBodyDetectionFeature>(new HasBody(asked.Body.Length > 0));
        features.Set<IServiceProvidersFeature>(new ScopeOfRequest { RequestServices = scope.ServiceProvider });
        HttpContext http = contexts.Create(features);
        try
        {
            foreach ((string name, string value) in asked.Headers)
            {
                http.Request.Headers[name] = value;
            }

            http.Request.ContentLength = asked.Body.Length;
            http.Connection.RemoteIpAddress = IPAddress.TryParse(asked.Address, out IPAddress? address) ? address : null;
            await rest(http);
            await http.Response.CompleteAsync();
            return FeedMessages.Write(
                new RoomAnswer(http.Response.StatusCode, HeadersOf(http.Response.Headers, s_answered), written.ToArray()));
        }
        finally
        {
            contexts.Dispose(http);
        }
    }

    /// <summary>Below a room's own address, which every node knows.</summary>
    private static bool TryRoomOf(HttpRequest request, out RoomName room)
    {
        room = default;
        string path = request.Path.Value ?? string.Empty;
        int end = path.StartsWith(Rooms, StringComparison.Ordinal) ? path.IndexOf('/', Rooms.Length) : -1;
        return end > 0 && RoomName.TryParse(path[Rooms.Length..end], out room);
    }

    private async Task PassOnAsync(HttpContext http, RoomName room, RequestDelegate here)
    {
        ClusterRelay relay = services.GetRequiredService<ClusterService>().Relay;
        string? owner;
        try
        {
            owner = await relay.OwnerElsewhereAsync(room);
        }
        catch (ClusterUnavailableException unknown)
        {
            await Problems.Of(503, "cluster_unavailable", unknown.Message).ExecuteAsync(http);
            return;
        }

        if (owner is null)
        {
            await here(http);
            return;
        }

        byte[] body = await BodyAsync(http);
        bool isRead = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        var asked = new RoomRequest(
            http.Request.Method, http.Request.Scheme, http.Request.Path, http.Request.QueryString.Value ?? string.Empty,
            $"{http.Connection.RemoteIpAddress}", HeadersOf(http.Request.Headers, [.. s_asked, "Host"]), body);
        string? answer = await relay.AskAsync(owner, room, Kind, FeedMessages.Write(asked), isRead ? null : s_patience);
        if (FeedMessages.Read<RoomAnswer>(answer) is not { Body.Length: <= MaxAnswerBytes } answered)
        {
            await Problems.Of(503, "cluster_unavailable", "The node that has the room does not answer; ask again.").ExecuteAsync(http);
            return;
        }

        http.Response.StatusCode = answered.Status;
        foreach ((string name, string value) in answered.Headers)
        {
            http.Response.Headers[name] = value;
        }

        if (answered.Body.Length > 0 && !HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(answered.Body, http.RequestAborted);
        }
    }

    /// <exception cref="BadHttpRequestException">It is longer than the server takes.</exception>
    private static async Task<byte[]> BodyAsync(HttpContext http)
    {
        using var read = new MemoryStream();
        byte[] part = new byte[8 * 1024];
        int count;
        while ((count = await http.Request.Body.ReadAsync(part, http.RequestAborted)) > 0)
        {
            read.Write(part, 0, count);
            if (read.Length > MaxBodyBytes)
            {
                throw new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
            }
        }

        return read.ToArray();
    }

    private static Dictionary<string, string> HeadersOf(IHeaderDictionary headers, IEnumerable<string> names) =>
        names.Where(headers.ContainsKey).ToDictionary(name => name, name => headers[name].ToString());

    private sealed record HasBody(bool CanHaveBody) : IHttpRequestBodyDetectionFeature;

    private sealed class ScopeOfRequest : IServiceProvidersFeature
    {
        public required IServiceProvider RequestServices { get; set; }
    }
}

/// <summary>A request as it came to another node.</summary>
internal sealed record RoomRequest(
    string Method, string Scheme, string Path, string Query, string Address, Dictionary<string, string> Headers, byte[] Body);

/// <summary>What came of it.</summary>
internal sealed record RoomAnswer(int Status, Dictionary<string, string> Headers, byte[] Body);
