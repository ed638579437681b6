using Microsoft.Net.Http.Headers;
using Rtc.Inference;
using Rtc.Server.Authorization;
using Rtc.Server.Http;

namespace Rtc.Server.Routes;

/// <summary>Models' files, for pages that detect by themselves: only what the list of models has, by name.</summary>
internal static class ModelFileRoutes
{
    private const string CacheWeek = "max-age=604800";

    public static void MapModelFiles(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/models/{name}.onnx", DownloadMethods.All, SendAsync);

    private static async Task<IResult> SendAsync(string name, IModelHost models, ModelHashes hashes, Access access, HttpContext http)
    {
        if (!access.MayFetchModels(http.Request))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Problems.Of(StatusCodes.Status401Unauthorized, "token_required", "This server asks for a join token.");
        }

        if (models.FindFile(name) is not { } path || new FileInfo(path) is not { Exists: true } file)
        {
            return Results.Problem("No such model lies in the folder of models.", statusCode: 404, title: "unknown_model");
        }

        try
        {
            var tag = new EntityTagHeaderValue($"\"{await hashes.OfAsync(file)}\"");
            http.Response.Headers.CacheControl = $"{(access.TokensRequired ? "private" : "public")}, {CacheWeek}";
            return Results.File(
                file.FullName, "application/octet-stream", lastModified: file.LastWriteTimeUtc, entityTag: tag,
                    enableRangeProcessing: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Gone or locked since it was listed.
            http.Response.Headers.CacheControl = "no-store";
            return Results.Problem("The model's file can't be read now.", statusCode: 404, title: "unknown_model");
        }
    }
}
