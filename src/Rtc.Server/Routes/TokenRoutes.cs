using Rtc.Server.Authorization;
using Rtc.Server.Http;
using Rtc.Signaling;

namespace Rtc.Server.Routes;

/// <summary>An administrator asks here for the join tokens of phones and viewers.</summary>
internal static class TokenRoutes
{
    private const int DefaultMinutes = 60;

    public sealed record TokenRequest(string? Room, string? Role, string? Rights, int? Minutes);

    public static void MapTokens(this WebApplication app) =>
        app.MapPost("/api/tokens", (TokenRequest request, Access access, TimeProvider clock) =>
        {
            if (!access.TokensRequired)
            {
                return Problems.Of(StatusCodes.Status409Conflict, "no_token_key", "No token key is set (Auth:TokenKey): anybody may join.");
            }

            if (!access.ApiKeyRequired)
            {
                return Problems.Of(
                    StatusCodes.Status403Forbidden, "no_api_key",
                    "No API key is set (Auth:ApiKey), so nobody can be told from an administrator.");
            }

            if (!JoinRoles.TryRead(request.Role, request.Rights, out JoinRole role, out string problem))
            {
                return Problems.Of(StatusCodes.Status400BadRequest, "role", problem);
            }

            if (!RoomName.TryParse(request.Room, out _))
            {
                return Problems.Of(StatusCodes.Status400BadRequest, "room", $"{RoomName.Rule}.");
            }

            int minutes = request.Minutes ?? DefaultMinutes;
            if (RefuseMinutes(minutes) is { } refused)
            {
                return refused;
            }

            var lifetime = TimeSpan.FromMinutes(minutes);
            return Results.Json(
                new
                {
                    token = access.IssueToken(request.Room, role, lifetime),
                    rights = JoinRoles.RightsOf(role).Name(),
                    expires = clock.GetUtcNow() + lifetime,
                });
        }).RequireAdministrator();

    /// <summary>Null where a token may be made for so long.</summary>
    internal static IResult? RefuseMinutes(int minutes) => minutes is >= 1 and <= JoinToken.MaxMinutes
        ? null
        : Problems.Of(StatusCodes.Status400BadRequest, "minutes", $"minutes lie between 1 and {JoinToken.MaxMinutes}.");
}
