using System.Diagnostics;
using System.Globalization;
using Rtc.Server.Authorization;
using Rtc.Server.Options;
using Rtc.Server.Startup;
using Rtc.Server.Tests.Docs;
using Rtc.Server.Tests.Hosting;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Deploy;

/// <summary>
/// Debian's coturn with the flags of the compose file and of the document, and a client with the name and password that the server makes.
/// </summary>
public sealed class TurnRelayTests(ITestOutputHelper output)
{
    private const string Secret = "a secret that both of them know";
    private const string Server = "192.168.1.20";
    private const int RelayPorts = 49_160;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData("compose.yaml")]
    [InlineData("docs/DEPLOY.md")]
    public async Task The_relay_leads_to_the_server_and_not_into_its_network(string source)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/turnserver") && File.Exists("/usr/bin/turnutils_uclient"), "coturn is not installed");
        int port = LoopbackPorts.Free();
        using Process relay = Start(
            "turnserver", [
                .. FlagsOf(source), $"--listening-port={port}", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "-n",
                "--log-file=stdout", $"--pidfile={Path.GetTempPath()}turn-{port}.pid"
            ]);
        try
        {
            _ = relay.StandardOutput.ReadToEndAsync();
            using var patience = new CancellationTokenSource(s_patience);
            Assert.True(await LoopbackPorts.UntilListeningAsync(port, () => relay.HasExited, patience.Token), "the relay ended at once");
            var clock = new ManualClock(DateTimeOffset.UtcNow);
            IceServer good = Credentials(Secret, clock);
            IceServer forged = Credentials("another secret of some length", clock);
            clock.Now -= TimeSpan.FromMinutes(61);
            IceServer late = Credentials(Secret, clock);

            Assert.True(await OpensAsync(port, good, Server), "the server's own address is closed");
            foreach (string closed in (string[])["192.168.1.21", "10.1.2.3", "172.16.0.1", "100.64.0.1", "169.254.169.254", "127.0.0.1"])
            {
                Assert.False(await OpensAsync(port, good, closed), closed);
            }

            Assert.False(await OpensAsync(port, forged, Server), "a stranger's password opens the relay");
            Assert.False(await OpensAsync(port, late, Server), "a password of the hour before opens the relay");
        }
        finally
        {
            relay.Kill();
            await relay.WaitForExitAsync();
        }
    }

    [Fact]
    public void Every_call_gets_a_name_of_its_own_that_ends_in_an_hour()
    {
        var clock = new ManualClock(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        IceServer one = Credentials(Secret, clock);
        IceServer other = Credentials(Secret, clock);

        Assert.StartsWith("1800003600:", one.Username, StringComparison.Ordinal);
        Assert.NotEqual(one.Username, other.Username);
        Assert.NotEqual(one.Credential, other.Credential);
        Assert.DoesNotContain(Secret, one.Credential, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fixed_name_and_password_are_handed_on()
    {
        var server = new IceServerOptions { Urls = ["turn:turn.example.org"], Username = "user", Credential = "password" };

        IceServer told = Assert.Single(new TurnCredentials([server], new ManualClock(DateTimeOffset.UnixEpoch)).Create());

        Assert.Equal(("user", "password"), (told.Username, told.Credential));
    }

    private static IceServer Credentials(string secret, TimeProvider clock) =>
        Assert.Single(new TurnCredentials([new IceServerOptions { Urls = ["turn:127.0.0.1"], Secret = secret }], clock).Create());

    [Fact]
    public void Document_and_compose_file_set_up_the_same_relay() =>
        Assert.Equal(FlagsOf("compose.yaml").Order(StringComparer.Ordinal), FlagsOf("docs/DEPLOY.md").Order(StringComparer.Ordinal));

    /// <summary>
    /// Coturn's flags as they stand in the compose file or the document, but for the port and the address, which are the test's own.
    /// </summary>
    private static string[] FlagsOf(string source)
    {
        string[] lines = source == "compose.yaml"
            ? [
                .. File.ReadAllLines(Path.Combine(RtcPaths.Find().Root, source)).Select(line => line.Trim()).Where(
                    line => line.StartsWith("- --", StringComparison.Ordinal)).Select(line => line[2..])
            ]
            : [
                .. MarkdownPage.Read(source).Blocks("conf").Single().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => "--" + line)
            ];
        string[] flags =
        [
            .. lines.Where(
                flag => !flag.StartsWith("--listening-port", StringComparison.Ordinal)
                    && !flag.StartsWith("--external-ip", StringComparison.Ordinal))
                .Select(
                    flag => flag.Replace("${RTC_ADDRESS}", Server, StringComparison.Ordinal)
                        .Replace("203.0.113.5", Server, StringComparison.Ordinal))
                .Select(
                    flag => flag.Replace("${TURN_SECRET}", Secret, StringComparison.Ordinal)
                        .Replace("REPLACE-BY-A-LONG-SECRET", Secret, StringComparison.Ordinal)),
        ];
        Assert.Contains("--use-auth-secret", flags);
        Assert.Contains($"--min-port={RelayPorts}", flags);
        Assert.DoesNotContain(flags, flag => flag.Contains("${", StringComparison.Ordinal));
        return flags;
    }

    /// <summary>Whether a channel to the peer can be bound; the client ends by itself only where something is refused.</summary>
    private async Task<bool> OpensAsync(int port, IceServer login, string peer)
    {
        using Process client = Start(
            "stdbuf", [
                "-oL", "turnutils_uclient", "-v", "-n", "1", "-m", "1", "-c", "-e", peer, "-u", login.Username!, "-w", login.Credential!,
                "-p", port.ToString(CultureInfo.InvariantCulture), "127.0.0.1"
            ]);
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            string last = string.Empty;
            while (await client.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.Contains("start_mclient", StringComparison.Ordinal))
                {
                    return true;
                }

                last = line;
            }

            output.WriteLine($"{peer}: {last}");
            return false;
        }
        finally
        {
            if (!client.HasExited)
            {
                client.Kill(entireProcessTree: true);
            }
        }
    }

    private static Process Start(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
}
