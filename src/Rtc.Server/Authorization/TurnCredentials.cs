using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rtc.Server.Options;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Authorization;

/// <summary>
/// The STUN and TURN servers that one client is told of. With a shared secret each call makes a name and a password of
/// its own (TURN REST, draft-uberti-behave-turn-rest-00): the name is the second at which they end and a random id, the
/// password the name's HMAC-SHA1, which coturn works out for itself. Any thread may call it.
/// </summary>
internal sealed class TurnCredentials(IReadOnlyList<IceServerOptions> servers, TimeProvider clock)
{
    private static readonly TimeSpan s_life = TimeSpan.FromHours(1);

    public IReadOnlyList<IceServer> Create()
    {
        if (servers.Count == 0)
        {
            return [];
        }

        // Not the member's own id: the name goes over the network in the clear, and that id opens a WHIP session.
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"{(clock.GetUtcNow() + s_life).ToUnixTimeSeconds()}:{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        return [.. servers.Select(server => server.Secret is { } secret
            ? new IceServer { Urls = server.Urls, Username = name, Credential = PasswordOf(secret, name) }
            : new IceServer { Urls = server.Urls, Username = server.Username, Credential = server.Credential })];
    }

#pragma warning disable CA5350 // The draft and coturn ask for SHA-1; as HMAC it holds.
    private static string PasswordOf(string secret, string name) =>
        Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(name)));
#pragma warning restore CA5350
}
