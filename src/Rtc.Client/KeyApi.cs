using System.Net.Http.Json;

namespace Rtc.Client;

/// <summary>What an administrator makes for others, with the server's API key: keys of users, and tokens for rooms.</summary>
public sealed class KeyApi
{
    private readonly ApiConnection _api;

    internal KeyApi(ApiConnection api) => _api = api;

    /// <summary>A key for the user of this address; <see cref="UserKey.Key"/> is shown this once.</summary>
    public async Task<UserKey> CreateAsync(string email, string? name = null, CancellationToken cancel = default)
    {
        using var content = JsonContent.Create(new KeyRequest(email, name), ClientJson.Default.KeyRequest);
        return await _api.AskAsync(HttpMethod.Post, "api/keys", content, ClientJson.Default.UserKey, isRoom: false, cancel)
            .ConfigureAwait(false);
    }

    /// <summary>All keys, newest first, those that were revoked too.</summary>
    public async Task<IReadOnlyList<UserKey>> ListAsync(CancellationToken cancel = default) =>
        (await _api.GetAsync("api/keys", ClientJson.Default.KeyList, isRoom: false, cancel).ConfigureAwait(false)).Keys;

    public Task RevokeAsync(string keyId, CancellationToken cancel = default) => _api.TellAsync(
        HttpMethod.Delete, _api.AddressOf($"api/keys/{Uri.EscapeDataString(keyId)}"), isRoom: false, cancel);

    /// <summary>A join token for a room; the role is <c>phone</c> or <c>viewer</c>.</summary>
    public async Task<JoinToken> CreateTokenAsync(
        string room, string role, int? minutes = null, string? rights = null, CancellationToken cancel = default)
    {
        using var content = JsonContent.Create(new TokenRequest(room, role, rights, minutes), ClientJson.Default.TokenRequest);
        return await _api.AskAsync(HttpMethod.Post, "api/tokens", content, ClientJson.Default.JoinToken, isRoom: false, cancel)
            .ConfigureAwait(false);
    }
}

internal sealed record KeyRequest(string Email, string? Name);

internal sealed record KeyList(IReadOnlyList<UserKey> Keys);

internal sealed record TokenRequest(string Room, string Role, string? Rights, int? Minutes);

/// <summary>A user's key; the secret is there only in the answer that made it.</summary>
public sealed record UserKey(
    string KeyId, string? Key, string Prefix, string UserId, string Email, string Name, DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt);

/// <summary>What lets its bearer into one room, until it expires.</summary>
public sealed record JoinToken(string Token, string Rights, DateTimeOffset Expires);
