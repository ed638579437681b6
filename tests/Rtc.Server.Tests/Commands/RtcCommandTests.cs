using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Rtc.Server.Commands;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Commands;

public sealed class RtcCommandTests
{
    [Theory]
    [InlineData("serve", "--nope")]
    [InlineData("serve", "--port")]
    [InlineData("serve", "--port", "many")]
    [InlineData("serve", "--port", "99999")]
    [InlineData("serve", "--host", "elsewhere")]
    [InlineData("serve", "--set", "nonsense")]
    [InlineData("serve", "--set", "Http:Prot=1")]
    [InlineData("serve", "--tunnel", "wormhole")]
    [InlineData("serve", "--provider", "abacus")]
    [InlineData("serve", "--model", "nosuch", "--no-tls", "--port", "0", "--media-port", "0", "--host", "127.0.0.1")]
    [InlineData("serve", "--model", "/nowhere/x.onnx", "--no-tls", "--port", "0", "--media-port", "0", "--host", "127.0.0.1")]
    [InlineData("serve", "--provider", "tensorrt", "--no-tls", "--port", "0", "--media-port", "0", "--host", "127.0.0.1")]
    [InlineData("serve", "--set", "Model:Segmenter=nosuch", "--no-tls", "--port", "0", "--media-port", "0", "--host", "127.0.0.1")]
    [InlineData("fly")]
    [InlineData]
    [InlineData("token", "--room", "demo", "--role", "king")]
    [InlineData("token", "--room", "demo", "--role", "phone", "--role", "viewer")]
    [InlineData("token", "--room", "no room")]
    [InlineData("token", "--room", "demo", "--link", "elsewhere")]
    [InlineData("token")]
    public async Task What_cannot_be_understood_is_one_line_and_two(params string[] arguments)
    {
        (int code, string output, string error) = await RunAsync(arguments);

        Assert.Equal(RtcCommand.Misused, code);
        Assert.Empty(output);
        Assert.StartsWith("rtc: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_public_server_without_keys_does_not_start_and_names_both()
    {
        (int code, _, string error) = await RunAsync("serve", "--public");

        Assert.Equal(RtcCommand.Misused, code);
        Assert.Contains("RTC__AUTH__APIKEY", error, StringComparison.Ordinal);
        Assert.Contains("RTC__AUTH__TOKENKEY", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_is_made_listed_and_revoked()
    {
        DirectoryInfo state = Directory.CreateTempSubdirectory("rtc-state-");
        try
        {
            string[] at = ["--set", $"Http:StateDirectory={state.FullName}"];
            (int code, string key, _) = await RunAsync(["keys", "create", "a@example.org", "--name", "laptop", .. at]);
            Assert.Equal(RtcCommand.Good, code);
            Assert.Matches("^vr_[A-Za-z0-9]{32}$", key.TrimEnd());
            (_, string listed, _) = await RunAsync(["keys", "list", "--json", .. at]);
            JsonElement row = JsonDocument.Parse(listed).RootElement.GetProperty("keys")[0];
            Assert.Equal(("a@example.org", key[..8]), (row.GetProperty("email").GetString(), row.GetProperty("prefix").GetString()));
            Assert.DoesNotContain(key.TrimEnd()[8..], listed, StringComparison.Ordinal);
            string id = row.GetProperty("key_id").GetString()!;
            Assert.Equal(RtcCommand.Good, (await RunAsync(["keys", "revoke", id, .. at])).Code);
            Assert.Contains("revoked", (await RunAsync(["keys", "list", .. at])).Output, StringComparison.Ordinal);
            Assert.Equal(RtcCommand.Failed, (await RunAsync(["keys", "revoke", Guid.NewGuid().ToString(), .. at])).Code);
            Assert.Equal(RtcCommand.Failed, (await RunAsync(["keys", "revoke", "none", .. at])).Code);
            Assert.Equal(RtcCommand.Misused, (await RunAsync(["keys", "create", " ", .. at])).Code);
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("doctor")]
    [InlineData("detect")]
    [InlineData("track")]
    [InlineData("focus")]
    [InlineData("models")]
    [InlineData("keys")]
    [InlineData("token")]
    [InlineData("health")]
    public async Task Help_of_a_command_needs_no_arguments(string command)
    {
        (int code, string output, string error) = await RunAsync(command, "--help");

        Assert.Equal(RtcCommand.Good, code);
        Assert.Contains($" {command} ", output, StringComparison.Ordinal);
        Assert.Empty(error);
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("doctor")]
    [InlineData("detect")]
    [InlineData("track")]
    [InlineData("focus")]
    [InlineData("models", "list")]
    [InlineData("models", "pull")]
    [InlineData("models", "verify")]
    [InlineData("token")]
    [InlineData("health")]
    public async Task Every_command_takes_json(params string[] command) =>
        Assert.Contains("--json", (await RunAsync([.. command, "--help"])).Output, StringComparison.Ordinal);

    [Fact]
    public async Task Started_server_names_model_provider_and_mode()
    {
        string lines = await ServeAsync(json: false, output => output.Contains("  model ", StringComparison.Ordinal));
        string document = await ServeAsync(json: true, output => output.Contains('\n', StringComparison.Ordinal));

        Assert.Contains("  model    motion on embedded; rooms begin in mode annotate", lines, StringComparison.Ordinal);
        JsonElement json = JsonDocument.Parse(document).RootElement;
        Assert.Equal("motion", json.GetProperty("model").GetString());
        Assert.Equal("embedded", json.GetProperty("provider").GetString());
        Assert.Equal("annotate", json.GetProperty("mode").GetString());
        Assert.StartsWith("http://127.0.0.1:", json.GetProperty("phone")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("phone", null, "https://rtc.example.org/phone?room=demo&token=")]
    [InlineData("viewer", "operator", "https://rtc.example.org/view?room=demo&token=")]
    public async Task Token_link_leads_into_the_room(string role, string? rights, string start)
    {
        string[] arguments =
        [
            "token", "--room", "demo", "--role", role, .. rights is null ? [] : (string[])["--rights", rights],
            "--link", "https://rtc.example.org", "--set", "Auth:TokenKey=a key of at least thirty-two characters",
        ];
        (int code, string output, string error) = await RunAsync(arguments);
        (_, string document, _) = await RunAsync([.. arguments, "--json"]);

        Assert.True(code == RtcCommand.Good, error);
        Assert.StartsWith(start, output, StringComparison.Ordinal);
        Assert.StartsWith(start, JsonDocument.Parse(document).RootElement.GetProperty("link").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_without_a_role_is_a_viewers()
    {
        (int code, string output, string error) = await RunAsync(
            "token", "--room", "demo", "--json", "--set", "Auth:TokenKey=a key of at least thirty-two characters");

        Assert.True(code == RtcCommand.Good, error);
        Assert.Equal("watcher", JsonDocument.Parse(output).RootElement.GetProperty("rights").GetString());
    }

    [Theory]
    [InlineData("there is no option --bogus (rtc detect --help)", "detect", "a.jpg", "--bogus")]
    [InlineData("there is no option --bogus (rtc analyse --help)", "analyse", "--bogus", "a.mp4")]
    [InlineData("--minutes can't be 'many' (rtc token --help)", "token", "--room", "demo", "--minutes", "many")]
    [InlineData("--out takes a name that ends in .jpg or .png, not .gif (rtc detect --help)", "detect", "a.jpg", "--out", "a.gif")]
    [InlineData("Required argument missing for command: 'create'. (rtc keys create --help)", "keys", "create")]
    public async Task What_is_wrong_is_named_with_the_help_of_its_command(string problem, params string[] arguments) =>
        Assert.Equal($"rtc: {problem}", (await RunAsync(arguments)).Error.TrimEnd());

    [Fact]
    public async Task Health_of_no_server_is_said_as_json_too()
    {
        (int code, string output, _) = await RunAsync("health", "http://127.0.0.1:9", "--json");

        Assert.Equal(RtcCommand.Failed, code);
        Assert.False(JsonDocument.Parse(output).RootElement.GetProperty("alive").GetBoolean());
    }

    [Fact]
    public async Task Health_of_this_machine_is_asked_past_a_proxy()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "rtc.dll"), "health", host.Client.BaseAddress!.AbsoluteUri])
        {
            RedirectStandardError = true,
            Environment = { ["http_proxy"] = "http://127.0.0.1:9", ["no_proxy"] = string.Empty },
        };

        using Process health = Process.Start(start)!;
        string said = await health.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await health.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(health.ExitCode == RtcCommand.Good, said);
    }

    [Fact]
    public async Task Help_lists_every_option_with_its_default()
    {
        (int code, string output, _) = await RunAsync("serve", "--help");

        Assert.Equal(RtcCommand.Good, code);
        Assert.All(
            OptionTable.Rows,
            row => Assert.Contains(row.Default.Length > 0 ? $"{row.Path} [{row.Default}]" : row.Path, output, StringComparison.Ordinal));
        Assert.Contains("--port <PORT>", output, StringComparison.Ordinal);
        Assert.Contains("[default: 8080]", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_the_flag_that_changes_it()
    {
        using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        tcp.Listen();
        using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string port = ((IPEndPoint)tcp.LocalEndPoint!).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string mediaPort = ((IPEndPoint)udp.LocalEndPoint!).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

        (int code, string output, string error) = await RunAsync(
            "serve", "--host", "127.0.0.1", "--no-tls", "--port", port, "--media-port", mediaPort);

        Assert.Equal(RtcCommand.Failed, code);
        Assert.Empty(output);
        Assert.Contains($"TCP port {port} is taken by another program; choose another one with --port", error, StringComparison.Ordinal);
        Assert.Contains(
            $"UDP port {mediaPort} is taken by another program; choose another one with --media-port", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_terminals_code_is_square_and_reads_the_same_with_and_without_colours()
    {
        string[] plain = QrText.Of("https://192.0.2.1:8443/phone?room=demo", colours: false).TrimEnd('\n').Split('\n');
        string coloured = QrText.Of("https://192.0.2.1:8443/phone?room=demo", colours: true);

        int width = plain[0].Length - 2;
        Assert.All(plain, line => Assert.Equal(width + 2, line.Length));
        Assert.Equal((width + 1) / 2, plain.Length);
        Assert.Equal(plain.Length, coloured.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("\x1b[48;5;231m", coloured, StringComparison.Ordinal);
    }

    private static async Task<string> ServeAsync(bool json, Func<string, bool> isWhole)
    {
        string[] options = ["Model:Name=motion", "Http:Tls=false", "Http:Port=0", "Media:Port=0", "Http:Host=127.0.0.1"];
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var output = new StringWriter();
        TextWriter shared = TextWriter.Synchronized(output);
        Task<int> running = ServeRun.RunAsync(
            ServeCommand.Pairs(options), json, shared, TextWriter.Null, over.Token);
        while (!running.IsCompleted && !isWhole(Written()))
        {
            await Task.Delay(20);
        }

        await over.CancelAsync();
        Assert.Equal(RtcCommand.Good, await running);
        return Written();

        string Written()
        {
            // The writer around it locks itself for each call.
            lock (shared)
            {
                return output.ToString();
            }
        }
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await RtcCommand.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
