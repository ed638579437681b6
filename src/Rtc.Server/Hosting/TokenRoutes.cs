namespace Rtc.Server.Hosting;

/// <summary>An administrator asks here for the join tokens that he hands to phones and viewers.</summary>
internal static class TokenRoutes
{
    private const int DefaultMinutes = 60;
    private const int MostMinutes = 7 * 24 * 60;

    public sealed record TokenRequest(string? Room, string? Role, int? Minutes);

    public static void MapTokens(this WebApplication app) =>
        app.MapPost("/api/tokens", (TokenRequest request, Access access, TimeProvider clock) =>
        {
            if (!access.TokensRequired)
            {
                return Problems.Of(StatusCodes.Status409Conflict, "no_token_key", "No token key is set (Auth:TokenKey): anybody may join.");
            }

            if (!TryReadRole(request.Role, out JoinRole role))
            {
                return Problems.Of(StatusCodes.Status400BadRequest, "role", "role is phone or viewer.");
            }

            if (string.IsNullOrWhiteSpace(request.Room) || System.Text.Encoding.UTF8.GetByteCount(request.Room) > JoinToken.LongestRoom)
            {
                return Problems.Of(StatusCodes.Status400BadRequest, "room", $"room is a name of 1 to {JoinToken.LongestRoom} bytes.");
            }

            int minutes = request.Minutes ?? DefaultMinutes;
            if (minutes is < 1 or > MostMinutes)
            {
                return Problems.Of(StatusCodes.Status400BadRequest, "minutes", $"minutes lie between 1 and {MostMinutes}.");
            }

            var lifetime = TimeSpan.FromMinutes(minutes);
            return Results.Json(new { token = access.IssueToken(request.Room, role, lifetime), expires = clock.GetUtcNow() + lifetime });
        }).RequireAdministrator();

    public static bool TryReadRole(string? text, out JoinRole role)
    {
        (role, bool known) = text switch
        {
            "phone" => (JoinRole.Phone, true),
            "viewer" => (JoinRole.Viewer, true),
            _ => (default, false),
        };
        return known;
    }
}
