using QRCoder;
using Rtc.Media.Images;
using Rtc.Server.Authorization;
using Rtc.Server.Http;
using Rtc.Server.Load;
using Rtc.Server.Rooms;

namespace Rtc.Server.Routes;

/// <summary>What the pages and operators read over plain HTTP: rooms, models, thumbnails, and the way for a phone to join.</summary>
internal static class ApiRoutes
{
    private const int MaxQrTextLength = 1024;
    private const int ThumbnailWidth = 320;

    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        // Where tokens are asked for, a stranger sees no room: not its name, nor its picture, nor whether it is there.
        routes.MapGet("/api/rooms", async (RoomRegistry rooms, Access access, HttpRequest request) =>
            access.MaySeeAll(request) ? await ListAsync(rooms, request) : []);
        routes.MapGet("/api/rooms/{room}", async (string room, RoomRegistry rooms, Access access, HttpRequest request) =>
            access.MaySee(request, room) && await FindAsync(rooms, room, request) is { } found ? Results.Ok(found) : NoRoom());
        routes.MapMethods("/api/rooms/{room}/thumbnail.jpg", DownloadMethods.All, async (
            string room, RoomRegistry rooms, Access access, HttpContext http) =>
        {
            if (!access.MaySee(http.Request, room) || await rooms.FindRoomAsync(room) is not { } found)
            {
                return NoRoom();
            }

            // The first question only makes the room keep a picture for the next one.
            http.Response.Headers.CacheControl = "no-store";
            return found.Pipeline.TrySnapshot(ThumbnailWidth, out byte[]? jpeg) ? Results.Bytes(jpeg, "image/jpeg") : Results.NoContent();
        });
        routes.MapMethods("/api/rooms/{room}/heat.png", DownloadMethods.All, async (
            string room, RoomRegistry rooms, Access access, HttpContext http) =>
        {
            if (!access.MaySee(http.Request, room) || await rooms.FindRoomAsync(room) is not { } found)
            {
                return NoRoom();
            }

            http.Response.Headers.CacheControl = "no-store";
            return Results.Bytes(Png.Encode(found.Pipeline.Heat()), "image/png");
        });
        routes.MapMethods("/api/qr.svg", DownloadMethods.All, (string? text) => text is { Length: > 0 and <= MaxQrTextLength }
            ? Results.Text(Qr(text), "image/svg+xml")
            : Results.Problem($"\"text\" has 1 to {MaxQrTextLength} characters.", statusCode: 400));
        routes.MapModelFiles();
        routes.MapShare();
        routes.MapCluster();
    }

    /// <summary>What a room's own pages never ask.</summary>
    public static void MapLateApi(this IEndpointRouteBuilder routes)
    {
        routes.MapModels();
        routes.MapPulls();
        routes.MapEcho();
    }

    internal static IResult NoRoom() => Results.Problem("There is no such room on air.", statusCode: 404, title: "unknown_room");

    /// <summary>A room of this server, or of another node of its cluster.</summary>
    private static async Task<RoomSnapshot?> FindAsync(RoomRegistry rooms, string room, HttpRequest request) =>
        await rooms.SnapshotAsync(room) ?? (ClusterOf(request) is { } cluster ? await cluster.FindRoomAsync(room) : null);

    private static async Task<IReadOnlyList<RoomSnapshot>> ListAsync(RoomRegistry rooms, HttpRequest request)
    {
        RoomSnapshot[] here = await rooms.SnapshotsAsync();
        return ClusterOf(request) is { } cluster
            ? [.. here.Concat(await cluster.RoomsAsync()).DistinctBy(room => room.Room).OrderBy(room => room.Room, StringComparer.Ordinal)]
            : here;
    }

    private static ICluster? ClusterOf(HttpRequest request) => request.HttpContext.RequestServices.GetService<ICluster>();

    private static string Qr(string text)
    {
        using QRCodeData data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(data);
        return svg.GetGraphic(8, "#000000", "#ffffff", drawQuietZones: true, sizingMode: SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}
