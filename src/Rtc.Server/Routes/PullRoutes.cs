using Rtc.Inference.Catalogue;
using Rtc.Server.Authorization;
using Rtc.Server.Http;
using Rtc.Server.Load;
using Rtc.Server.Metrics;

namespace Rtc.Server.Routes;

/// <summary>Fetching a model of the catalogue while the server runs. No address comes from the client, only a name.</summary>
internal static class PullRoutes
{
    private const string DefaultName = "default";

    /// <summary>How the fetch stands, whether this client may ask for one, and what the catalogue would choose.</summary>
    public sealed record PullReport(
        string? Model, string State, long Bytes, long Total, double Share, string? Error, bool Allowed, string Default, long DefaultBytes);

    public static void MapPulls(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/models/pull", (ModelPull pull, Access access, HttpRequest request) =>
            Results.Ok(Report(pull, pull.Status, access.MayPullModels(request))));
        routes.MapPost("/api/models/{name}/pull", (string name, ModelPull pull) => Start(name, pull)).RequireOwner().RequireMemory();
        routes.MapDelete("/api/models/pull", async (ModelPull pull) =>
            Results.Ok(Report(pull, await pull.CancelAsync(), allowed: true))).RequireOwner();
    }

    private static IResult Start(string name, ModelPull pull)
    {
        if (pull.Catalogue.Find(name == DefaultName ? pull.Catalogue.Default : name) is not { } entry)
        {
            return Problems.Of(StatusCodes.Status404NotFound, "unknown_model", "The catalogue has no such model.");
        }

        return pull.TryStart(entry, out PullStatus status)
            ? Results.Json(Report(pull, status, allowed: true), statusCode: StatusCodes.Status202Accepted)
            : Problems.Of(StatusCodes.Status409Conflict, "pulling", $"{status.Model} is on its way; one model is fetched at a time.");
    }

    private static PullReport Report(ModelPull pull, PullStatus status, bool allowed)
    {
        double share = status.Total > 0 ? Math.Round((double)status.Bytes / status.Total, 4) : 0;

        // An error may name a folder of this machine: that is for its owner.
        string? error = allowed ? status.Error : null;
        CatalogueEntry preferred = pull.Catalogue.Find(pull.Catalogue.Default)!;
        return new PullReport(
            status.Model, status.State, status.Bytes, status.Total, share, error, allowed, preferred.Name, preferred.Size);
    }

    /// <summary>For what costs this machine's disk and processor: the API key, or where none is set its own network.</summary>
    internal static RouteHandlerBuilder RequireOwner(this RouteHandlerBuilder route) => route.Guard(context =>
    {
        Access access = context.RequestServices.GetRequiredService<Access>();
        if (access.MayPullModels(context.Request))
        {
            return null;
        }

        context.RequestServices.GetRequiredService<RtcMetrics>().Refused("api_key");
        return access.ApiKeyRequired
            ? AdministratorFilter.AskForKey(context)
            : Problems.Of(
                StatusCodes.Status403Forbidden, "forbidden",
                "Models are fetched, added and measured for this machine and its own network, or with an API key.");
    });
}
