using System.Security.Cryptography.X509Certificates;
using Rtc.Server.Addresses;
using Rtc.Server.Authorization;
using Rtc.Server.Certificates;
using Rtc.Server.Options;
using Rtc.Server.Startup;

namespace Rtc.Server.Commands;

/// <summary>What a started server tells the person before it: addresses, the code for the phone, the certificate.</summary>
internal sealed class Banner(JoinAddresses addresses, Access access, RtcOptions options, TextWriter output)
{
    private const string Room = "demo";

    /// <summary>A link printed at the start of a demonstration should live as long as the demonstration.</summary>
    private static readonly TimeSpan s_tokenLife = TimeSpan.FromHours(12);

    public async Task WriteAsync(X509Certificate2? certificate, bool made)
    {
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
        if (certificate is not null)
        {
            await output.WriteLineAsync(
                $"  certificate{(made ? " (new)" : string.Empty)}, SHA-256 {CertificateStore.FingerprintOf(certificate)}");
            await output.WriteLineAsync("  A self-made certificate makes the phone warn once: compare the fingerprint, then go on.");
        }
        else if (!addresses.Phone[0].IsLoopback)
        {
            await output.WriteLineAsync("  Without HTTPS phones give no camera: leave out --no-tls, or use a tunnel.");
        }

        if (access.TokensRequired && !IsTerminal)
        {
            await output.WriteLineAsync("  Whoever joins needs a token: rtc token --room demo --role phone");
        }

        await output.WriteLineAsync();
        await output.FlushAsync();
    }

    public async Task WriteTunnelAsync(Uri tunnel)
    {
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

    /// <summary>A person reads this, not a file: colours can be set, and a token stays with him who started the server.</summary>
    private bool IsTerminal => ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;

    private string PhonePage(Uri at) => WithToken(new Uri(at, "/phone?room=" + Room), JoinRole.Phone);

    private string ViewerPage(Uri at) => WithToken(new Uri(at, "/view?room=" + Room), JoinRole.Operator);

    private string WithToken(Uri page, JoinRole role) =>
        IsTerminal && access.IssueToken(Room, role, s_tokenLife) is { } token ? $"{page.AbsoluteUri}&token={token}" : page.AbsoluteUri;
}
