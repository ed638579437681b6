using System.Security.Cryptography.X509Certificates;
using Rtc.Pipeline.Settings;
using Rtc.Server.Addresses;
using Rtc.Server.Authorization;
using Rtc.Server.Certificates;
using Rtc.Server.Health;
using Rtc.Server.Hosting;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Server.Startup;

namespace Rtc.Server.Commands;

/// <summary>
/// What a started server tells the person before it: addresses, the code for the phone, the certificate, the model. With
/// <c>--json</c> a program reads it: one document and line when the model is there, and one more for a tunnel.
/// </summary>
internal sealed class Banner(JoinAddresses addresses, Access access, RtcOptions options, TextWriter output, bool json)
{
    private const string Room = "demo";

    /// <summary>A link printed at the start of a demonstration should live as long as the demonstration.</summary>
    private static readonly TimeSpan s_tokenLife = TimeSpan.FromHours(12);

    private string? _fingerprint;

    public async Task WriteAsync(X509Certificate2? certificate, bool made)
    {
        _fingerprint = certificate is null ? null : CertificateStore.FingerprintOf(certificate);
        if (json)
        {
            return;
        }

        await output.WriteLineAsync($"Rtc {BuildInfo.Version} is running. Ctrl-C ends it.");
        await output.WriteLineAsync();
        await output.WriteAsync(QrText.Of(PhonePage(addresses.Phone[0]), IsTerminal));
        await output.WriteLineAsync();
        await output.WriteLineAsync($"  phone    {PhonePage(addresses.Phone[0])}");
        foreach (Uri other in addresses.Phone.Skip(1))
        {
            await output.WriteLineAsync($"           {PhonePage(other)}");
        }

        await output.WriteLineAsync($"  viewer   {ViewerPage(addresses.Local)}");
        await output.WriteLineAsync($"  start    {addresses.Local}");
        await output.WriteLineAsync($"  media    {options.Media.Port} (UDP and TCP)");
        if (_fingerprint is not null)
        {
            await output.WriteLineAsync($"  certificate{(made ? " (new)" : string.Empty)}, SHA-256 {_fingerprint}");
            await output.WriteLineAsync("  A self-signed certificate makes the phone warn once: compare the fingerprint, then go on.");
        }
        else if (!addresses.Phone[0].IsLoopback)
        {
            await output.WriteLineAsync("  Without HTTPS phones give no camera: leave out --no-tls, or use a tunnel.");
        }

        if (access.TokensRequired && !IsTerminal)
        {
            await output.WriteLineAsync("  Whoever joins needs a token: ./rtc token --room demo --role phone --link");
        }

        await output.WriteLineAsync();
        await output.FlushAsync();
    }

    /// <summary>What new rooms look with, and how they begin.</summary>
    public async Task WriteModelAsync(HealthFacts facts, InferenceAdvice advice)
    {
        string mode = SettingsMapping.ToMessage(new RoomSettings()).Mode!;
        if (json)
        {
            await output.WriteLineAsync(CommandJson.Of(new
            {
                BuildInfo.Version,
                Phone = addresses.Phone.Select(PhonePage),
                Viewer = ViewerPage(addresses.Local),
                Start = addresses.Local.AbsoluteUri,
                MediaPort = options.Media.Port,
                CertificateSha256 = _fingerprint,
                access.TokensRequired,
                facts.Model,
                facts.Provider,
                facts.ProviderReason,
                Mode = mode,
                Inference = new { advice.Mode, advice.Score, advice.Reasons },
            }));
        }
        else
        {
            // In one piece: a tunnel may be said at the same time.
            string reason = facts.ProviderReason is { } why ? $" ({why.ReplaceLineEndings(" ")})" : string.Empty;
            await output.WriteLineAsync($"  model    {facts.Model} on {facts.Provider}{reason}; rooms begin in mode {mode}");
            await output.WriteLineAsync($"  detect   {advice}; pages choose with ?inference=server|auto|browser");
        }

        await output.FlushAsync();
    }

    public async Task WriteTunnelAsync(Uri tunnel)
    {
        if (json)
        {
            await output.WriteLineAsync(CommandJson.Of(new { Tunnel = PhonePage(tunnel), Viewer = ViewerPage(tunnel) }));
            await output.FlushAsync();
            return;
        }

        await output.WriteAsync(QrText.Of(PhonePage(tunnel), IsTerminal));
        await output.WriteLineAsync();
        await output.WriteLineAsync($"  tunnel   {PhonePage(tunnel)}");
        await output.WriteLineAsync($"  viewer   {ViewerPage(tunnel)}");
        if (!options.Auth.Public)
        {
            await output.WriteLineAsync("  Whoever has this address may join; --public asks for tokens.");
        }

        if (options.Media.IceServers.Length == 0 && options.Media.StunServer is null && options.Media.AdvertisedAddresses.Length == 0)
        {
            await output.WriteLineAsync(
                "  The tunnel carries pages and signalling. Media needs a way of its own from outside: --stun, --advertise, "
                    + "or a TURN server.");
        }

        await output.WriteLineAsync();
        await output.FlushAsync();
    }

    /// <summary>A person reads this, not a file: colours can be set, and a token stays with whoever started the server.</summary>
    private bool IsTerminal => ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;

    private string PhonePage(Uri at) => WithToken(at, JoinRole.Phone);

    private string ViewerPage(Uri at) => WithToken(at, JoinRole.Operator);

    private string WithToken(Uri at, JoinRole role) =>
        JoinLink.Of(at, Room, role, IsTerminal ? access.IssueToken(Room, role, s_tokenLife) : null).AbsoluteUri;
}
