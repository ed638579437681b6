using System.Security.Cryptography;
using System.Text;
using Rtc.Server.Addresses;
using Rtc.Server.Options;
using Rtc.Signaling;

namespace Rtc.Server.Authorization;

/// <summary>
/// The one place that decides who may join a room and who may administer. Holds the keys; hands none out.
/// Join tokens are asked for as soon as a token key is set, the API key as soon as one is set.
/// </summary>
public sealed class Access
{
    /// <summary>Of a name and a password together.</summary>
    private const int MaxPassword = 1024;

    private readonly byte[]? _tokenKey;
    private readonly byte[]? _apiKeyHash;
    private readonly TimeProvider _clock;

    public Access(RtcOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        _clock = clock;
        _tokenKey = options.Auth.TokenKey is { } token ? Encoding.UTF8.GetBytes(token) : null;
        _apiKeyHash = options.Auth.ApiKey is { } api ? SHA256.HashData(Encoding.UTF8.GetBytes(api)) : null;
    }

    public bool TokensRequired => _tokenKey is not null;

    public bool ApiKeyRequired => _apiKeyHash is not null;

    /// <summary>May whoever brought this token join? The verdict is for logs and answers; it says nothing of the key.</summary>
    public TokenVerdict CheckJoin(string? token, string room, JoinRole role) => CheckJoin(token, room, role, out _);

    /// <summary>The same, and what its bringer may do then: everything where no tokens are asked for.</summary>
    public TokenVerdict CheckJoin(string? token, string room, JoinRole role, out Rights rights) =>
        CheckJoin(token, room, role, out rights, out _);

    /// <summary>The same, and until when. A room's token opens the rooms of its further cameras too.</summary>
    public TokenVerdict CheckJoin(string? token, string room, JoinRole role, out Rights rights, out DateTimeOffset expires)
    {
        rights = Rights.Operator;
        expires = DateTimeOffset.MaxValue;
        if (_tokenKey is null)
        {
            return TokenVerdict.Accepted;
        }

        TokenVerdict verdict = JoinToken.Check(_tokenKey, token, room, role, _clock.GetUtcNow(), out JoinRole granted, out expires);
        if (verdict == TokenVerdict.OtherRoom && RoomName.TryBase(room, out string first))
        {
            verdict = JoinToken.Check(_tokenKey, token, first, role, _clock.GetUtcNow(), out granted, out expires);
        }

        rights = JoinRoles.RightsOf(granted);
        return verdict;
    }

    /// <summary>A token for somebody to join with, null where no token key is set and none is needed.</summary>
    public string? IssueToken(string room, JoinRole role, TimeSpan lifetime) =>
        _tokenKey is null ? null : JoinToken.Create(_tokenKey, room, role, _clock.GetUtcNow() + lifetime);

    /// <summary>The key comes as <c>Authorization: Bearer …</c> or <c>X-Api-Key: …</c>.</summary>
    public bool IsAdministrator(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return IsApiKey(BearerOf(request) ?? request.Headers["X-Api-Key"].ToString());
    }

    /// <summary>
    /// The same for pages that a browser opens by itself: it has no header of ours to send, but asks for a password, which is the key.
    /// Only for what changes nothing, since a browser then brings it without being told to.
    /// </summary>
    public bool IsAdministratorByPassword(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return IsAdministrator(request) || IsApiKey(PasswordOf(request));
    }

    private bool IsApiKey(string? given)
    {
        if (_apiKeyHash is null)
        {
            return true;
        }

        // Hashed first, so that the comparison takes the same time whatever the length of what was given.
        return !string.IsNullOrEmpty(given)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), _apiKeyHash);
    }

    /// <summary>The password of HTTP's Basic scheme (RFC 7617), whatever the user's name; null where there is none.</summary>
    private static string? PasswordOf(HttpRequest request)
    {
        const string Scheme = "Basic ";
        string header = request.Headers.Authorization.ToString();
        Span<byte> read = stackalloc byte[MaxPassword];
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || !Convert.TryFromBase64String(header[Scheme.Length..].Trim(), read, out int length))
        {
            return null;
        }

        int colon = read[..length].IndexOf((byte)':');
        return colon < 0 ? null : Encoding.UTF8.GetString(read[(colon + 1)..length]);
    }

    /// <summary>
    /// May this request look at a room from outside, its facts and its thumbnail? Where tokens are asked for, with one that
    /// would let its holder watch, or with the API key.
    /// </summary>
    public bool MaySee(HttpRequest request, string room)
    {
        ArgumentNullException.ThrowIfNull(request);
        return !TokensRequired || MaySeeAll(request) || CheckJoin(TokenOf(request), room, JoinRole.Viewer) == TokenVerdict.Accepted;
    }

    /// <summary>
    /// May this request have the server fetch a model? With the API key where one is set, else from this machine and its own
    /// network.
    /// </summary>
    public bool MayPullModels(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ApiKeyRequired
            ? IsAdministrator(request)
            : !TokensRequired && request.HttpContext.Connection.RemoteIpAddress is { } from && LocalAddresses.IsOwnNetwork(from);
    }

    /// <summary>May this request know which rooms there are?</summary>
    public bool MaySeeAll(HttpRequest request) => !TokensRequired || (ApiKeyRequired && IsAdministrator(request));

    /// <summary>
    /// May this request send pictures of its own? Where tokens are asked for, with any join token that still lasts, or with the API key.
    /// </summary>
    public bool MaySendFrames(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _tokenKey is null || MaySeeAll(request)
            || JoinToken.Check(_tokenKey, TokenOf(request), _clock.GetUtcNow()) == TokenVerdict.Accepted;
    }

    /// <summary>
    /// May this request fetch a model's file, to detect by itself? Where tokens are asked for, with what also lets it send frames.
    /// </summary>
    public bool MayFetchModels(HttpRequest request) => MaySendFrames(request);

    internal static string TokenOf(HttpRequest request) => BearerOf(request) ?? request.Query["token"].ToString();

    /// <summary>The bearer token of a request (RFC 6750 section 2.1), null where there is none.</summary>
    public static string? BearerOf(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        const string Scheme = "Bearer ";
        string header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && header.Length > Scheme.Length
            ? header[Scheme.Length..].Trim()
            : null;
    }
}
