using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Rtc.EndToEnd.Tests.Foreign;

/// <summary>
/// The system's Firefox without a window, driven over Marionette, its own remote protocol: a length, a colon and a JSON
/// array, over TCP. Its camera is Firefox's fake one.
/// </summary>
internal sealed class FirefoxBrowser : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = Patience.Time;

    private readonly Process _process;
    private readonly string _profile;
    private readonly TcpClient _connection = new();
    private int _nextId;

    private FirefoxBrowser(Process process, string profile)
    {
        _process = process;
        _profile = profile;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Null where there is none.</summary>
    public static string? ExecutablePath { get; } = new[] { "/usr/bin/firefox-esr", "/usr/bin/firefox" }.FirstOrDefault(File.Exists);

    public static async Task<FirefoxBrowser> LaunchAsync()
    {
        int port = ServerProcess.FreePort();
        string profile = Directory.CreateTempSubdirectory("firefox-").FullName;
        await File.WriteAllLinesAsync(Path.Combine(profile, "user.js"), new Dictionary<string, string>
        {
            ["marionette.port"] = port.ToString(CultureInfo.InvariantCulture),
            ["media.navigator.streams.fake"] = "true",
            ["media.navigator.permission.disabled"] = "true",
            ["media.autoplay.default"] = "0",
            ["media.peerconnection.ice.obfuscate_host_addresses"] = "false",
            ["media.peerconnection.ice.loopback"] = "true",
            ["browser.shell.checkDefaultBrowser"] = "false",
            ["browser.startup.homepage_override.mstone"] = "\"ignore\"",
            ["datareporting.policy.dataSubmissionEnabled"] = "false",
            ["toolkit.telemetry.enabled"] = "false",
            ["network.captive-portal-service.enabled"] = "false",
            ["network.connectivity-service.enabled"] = "false",
            ["app.update.enabled"] = "false",
            ["media.gmp-manager.updateEnabled"] = "false",
            ["extensions.update.enabled"] = "false",
        }.Select(entry => $"user_pref(\"{entry.Key}\", {entry.Value});"));
        var start = new ProcessStartInfo(ExecutablePath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["--headless", "--no-remote", "--profile", profile, "--marionette", "about:blank"])
        {
            start.ArgumentList.Add(argument);
        }

        // It would not start as root in a home that is somebody else's.
        start.Environment["HOME"] = profile;
        var browser = new FirefoxBrowser(Process.Start(start)!, profile);
        await browser.ConnectAsync(port);
        return browser;
    }

    public Task NavigateAsync(Uri address) => SendAsync("WebDriver:Navigate", new { url = address.ToString() });

    /// <summary>Runs an async function's body in the page and gives what it returns.</summary>
    public async Task<JsonElement> EvaluateAsync(string body, params object[] arguments)
    {
        string script = $$"""
            const done = arguments[arguments.length - 1];
            (async (...args) => { {{body}} })(...Array.from(arguments).slice(0, -1)).then((value) => done({ value }), (error) => done({ error: String(error) }));
            """;
        JsonElement result = await SendAsync(
            "WebDriver:ExecuteAsyncScript",
            new { script, args = arguments, scriptTimeout = Patience.Ms, newSandbox = false, sandbox = (string?)null });
        JsonElement outcome = result.GetProperty("value");
        if (outcome.TryGetProperty("error", out JsonElement error))
        {
            throw new InvalidOperationException(error.GetString());
        }

        return outcome.TryGetProperty("value", out JsonElement value) ? value : default;
    }

    public async Task UntilAsync(string condition, string otherwise)
    {
        long began = Stopwatch.GetTimestamp();
        while (!(await EvaluateAsync($"return Boolean({condition});")).GetBoolean())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < s_patience, otherwise);
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_profile, recursive: true);
    }

    private async Task ConnectAsync(int port)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await _connection.ConnectAsync(IPAddress.Loopback, port);
                break;
            }
            catch (SocketException) when (!_process.HasExited && Stopwatch.GetElapsedTime(began) < s_patience)
            {
                await Task.Delay(100);
            }
        }

        await ReadAsync(); // who it is
        await SendAsync("WebDriver:NewSession", new { });
    }

    private async Task<JsonElement> SendAsync(string command, object parameters)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new object[] { 0, ++_nextId, command, parameters });
        await _connection.GetStream().WriteAsync((byte[])[.. Encoding.ASCII.GetBytes($"{body.Length}:"), .. body]);
        JsonElement answer = await ReadAsync();
        Assert.True(answer[2].ValueKind == JsonValueKind.Null, answer[2].ToString());
        return answer[3];
    }

    private async Task<JsonElement> ReadAsync()
    {
        using var limit = new CancellationTokenSource(s_patience);
        NetworkStream stream = _connection.GetStream();
        int length = 0;
        byte[] one = new byte[1];
        while (true)
        {
            await stream.ReadExactlyAsync(one, limit.Token);
            if (one[0] == ':')
            {
                break;
            }

            length = (length * 10) + one[0] - '0';
        }

        byte[] body = new byte[length];
        await stream.ReadExactlyAsync(body, limit.Token);
        return JsonDocument.Parse(body).RootElement;
    }
}
