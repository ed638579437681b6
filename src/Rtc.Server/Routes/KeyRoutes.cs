using Rtc.Server.Accounts;
using Rtc.Server.Authorization;
using Rtc.Server.Http;
using Rtc.Store.Users;

namespace Rtc.Server.Routes;

/// <summary>An administrator makes, lists and revokes here the keys of users.</summary>
internal static class KeyRoutes
{
    public sealed record KeyRequest(string? Email, string? Name);

    /// <summary>A key as it is listed; <see cref="Key"/> is there only in the answer that made it.</summary>
    public sealed record KeyView(
        string KeyId, string? Key, string Prefix, string UserId, string Email, string Name, DateTimeOffset CreatedAt,
        DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt);

    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/keys", async (KeyRequest wanted, UserTable users, HttpContext http) =>
        {
            string email = wanted.Email?.Trim() ?? string.Empty;
            string name = wanted.Name?.Trim() ?? string.Empty;
            if (!KeyNames.AreGood(email, name))
            {
                return Problems.Of(StatusCodes.Status400BadRequest, "key", $"{KeyNames.Rule}.");
            }

            (ApiKey row, string key) = await users.AddKeyAsync(email, name, http.RequestAborted);
            http.Response.Headers.CacheControl = "no-store";
            return Results.Json(Of(row, key), statusCode: StatusCodes.Status201Created);
        }).RequireNearAdministrator();
        routes.MapGet("/api/keys", async (UserTable users, HttpContext http) =>
            Results.Ok(new { keys = (await users.KeysAsync(http.RequestAborted)).ConvertAll(
                key => Of(key, null)) })).RequireNearAdministrator();
        routes.MapDelete("/api/keys/{id}", async (string id, UserTable users, HttpContext http) =>
            Guid.TryParse(id, out Guid key) && await users.RevokeAsync(key, http.RequestAborted)
                ? Results.NoContent()
                : Problems.Of(StatusCodes.Status404NotFound, "unknown_key", "There is no such key.")).RequireNearAdministrator();
    }

    private static KeyView Of(ApiKey row, string? key) => new(
        row.Id.ToString(), key, row.Prefix, row.UserId.ToString(), row.Email, row.Name, row.CreatedAt, row.LastUsedAt, row.RevokedAt);

    /// <summary>Where no API key is set, an administrator is at least somebody near: a key opens all videos of its user.</summary>
    private static void RequireNearAdministrator(this RouteHandlerBuilder route) => route.RequireAdministrator().Guard(context =>
        context.RequestServices.GetRequiredService<Access>().ApiKeyRequired || Caller.IsNear(context.Connection.RemoteIpAddress)
            ? null
            : Problems.Of(
                StatusCodes.Status403Forbidden, "no_api_key",
                "No API key is set (Auth:ApiKey), so nobody can be told from an administrator."));
}
