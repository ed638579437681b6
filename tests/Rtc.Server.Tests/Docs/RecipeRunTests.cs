using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Client;
using Rtc.Inference.Tests.Models;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Clients;
using Rtc.Server.Tests.Deploy;
using Rtc.Server.Tests.Events;
using Rtc.Server.Tests.Hosting;
using Rtc.Server.Tests.Rooms;
using Rtc.Signaling.Messages;
using Rtc.Store.Events;

namespace Rtc.Server.Tests.Docs;

/// <summary>
/// The recipes of docs/recipes, followed word for word against a running server; only its address is another one. `EmbedTests` has that of
/// a room in a page of another site, `ComposeRecipeTests` that of three nodes.
/// </summary>
public sealed partial class RecipeRunTests : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private const string Localhost = "http://localhost:8080";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rtc-recipe-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Behind_nginx_frames_go_over_a_websocket()
    {
        await using RunningHost host = await StartAsync();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(
            "nginx", host.Client.BaseAddress!.Port, Recipe("nginx").Blocks("nginx").Single());
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=rtc.example.org";
        await socket.ConnectAsync(new UriBuilder(proxy.Address) { Scheme = "wss", Path = "/ws" }.Uri, Cancel);
        await socket.SendAsync("{\"type\":\"ping\"}"u8.ToArray(), WebSocketMessageType.Text, true, Cancel);
        byte[] buffer = new byte[16 * 1024];
        WebSocketReceiveResult heard = await socket.ReceiveAsync(buffer, Cancel);
        Assert.Equal(WebSocketMessageType.Text, heard.MessageType);
        Assert.NotNull(JsonNode.Parse(Encoding.UTF8.GetString(buffer, 0, heard.Count))!["type"]);
    }

    [Fact]
    public async Task Home_assistant_is_told_of_the_rule_and_its_events()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync();
        await using RunningHost host = await StartAsync(options => options with
        {
            Mqtt = options.Mqtt with { Server = $"mqtt://127.0.0.1:{broker.Port}" },
        });
        await ShellAsync(Recipe("home-assistant").Blocks("sh").Last(), host);
        const string Config = "homeassistant/event/rtc_demo/door/config";
        await Patience.UntilAsync(() => broker.Came.Any(one => one.Topic == Config));
        JsonNode announced = JsonNode.Parse(broker.Came.First(one => one.Topic == Config).Message)!;
        string topic = Regex.Match(Recipe("home-assistant").Blocks("yaml").Single(), "topic: (.+)").Groups[1].Value;
        Assert.Equal((topic, "Somebody at the door"), (announced["state_topic"]!.ToString(), announced["name"]!.ToString()));
        Assert.Contains(("rtc/status", "online"), broker.Came);

        StoredEvent seen = new(
            0, "demo", "door", "Somebody at the door", "zone_entered", "person", DateTimeOffset.UtcNow,
            """{"track_id":7,"confidence":0.9,"box":{"xmin":0.1,"ymin":0.25,"xmax":0.3,"ymax":0.4}}""");
        await host.App.Services.GetRequiredService<EventTable>().AddAsync(seen, null, new EventTelling { Mqtt = true }, cancel: Cancel);
        await Patience.UntilAsync(() => broker.Came.Any(one => one.Topic == topic));
    }

    [Fact]
    public async Task Batch_leaves_a_result_beside_each_film()
    {
        string films = Path.Combine(_folder.FullName, "films");
        Directory.CreateDirectory(films);
        Assert.SkipUnless(File.Exists(Python) && File.Exists("/usr/bin/ffmpeg"), "Python or ffmpeg is not installed");
        await RunAsync(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "testsrc=size=160x160:rate=10:duration=1", "-pix_fmt", "yuv420p",
                Path.Combine(films, "street.mp4"),
            ]);
        await using RunningHost host = await StartAsync();
        string script = Write("batch.py", Recipe("batch").Blocks("python").Single(), host);
        Assert.Equal("street.mp4 completed\n", await RunAsync(Python, [script, films]));
        JsonNode found = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(films, "street.json"), Cancel))!;
        Assert.IsType<JsonObject>(found);
    }

    [Fact]
    public async Task Python_prints_what_the_room_sees()
    {
        Assert.SkipUnless(await HasAiortcAsync(), "aiortc is not installed");
        await using RunningHost host = await StartAsync();
        using var client = new RtcClient(host.Client.BaseAddress!);
        await using BlockCamera camera = await BlockCamera.StartAsync(client);
        File.Copy(
            Path.Combine(MarkdownPage.Root, "examples", "python", "rtc_client.py"), Path.Combine(_folder.FullName, "rtc_client.py"));
        using Process script = Begin(Python, ["-u", Write("watch.py", Recipe("python").Blocks("python").Single(), host)]);
        Task<string> errors = script.StandardError.ReadToEndAsync(Cancel);
        try
        {
            Task<string?> first = script.StandardOutput.ReadLineAsync(Cancel).AsTask();
            await Patience.UntilAsync(() => first.IsCompleted);
            string? line = await first;
            Assert.True(line is not null, line is null ? await errors : null);
            Assert.Matches(@"^\d+ \w+ \d+ [01]\.\d+$", line);
        }
        finally
        {
            script.Kill();
            await script.WaitForExitAsync(Cancel);
        }
    }

    [Fact]
    public async Task Picture_is_looked_at_without_a_client()
    {
        string model = Path.Combine(_folder.FullName, "site.onnx");
        await File.WriteAllBytesAsync(model, BlobModels.Yolox(classes: 3).ToArray(), Cancel);
        Assert.SkipUnless(File.Exists("/usr/bin/ffmpeg"), "ffmpeg is not installed");
        await RunAsync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=160x160", "-frames:v", "1", "street.jpg"]);
        await using RunningHost host = await StartAsync(options => options with { Model = options.Model with { Name = model } });
        JsonNode seen = JsonNode.Parse(await ShellAsync(Recipe("python").Blocks("sh").Single(), host))!;
        Assert.IsType<JsonArray>(seen["detections"]);
        Assert.Equal(160, (int)seen["width"]!);
    }

    [Fact]
    public async Task Own_model_is_added_measured_and_taken_by_a_room()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "site.onnx"), BlobModels.Yolox(classes: 3).ToArray(), Cancel);
        await using RunningHost host = await StartAsync(options => options with
        {
            Model = options.Model with { Directory = _folder.CreateSubdirectory("models").FullName },
        });
        RoomRegistry rooms = host.App.Services.GetRequiredService<RoomRegistry>();
        Assert.Null((await rooms.JoinAsync(new JoinRequest { Room = "demo", Role = "phone" }, new RecordingLink(), "127.0.0.1")).Refusal);
        await ShellAsync(Recipe("own-model").Blocks("sh").First(), host);
        JsonNode models = await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, "/api/models");
        JsonNode site = models.AsArray().Single(model => model!["name"]!.ToString() == "site")!;
        Assert.True((double)site["rate"]!["per_second"]! > 0);
        JsonNode room = await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, "/api/rooms/demo/model");
        Assert.Equal("site", room["model"]!.ToString());
    }

    private static MarkdownPage Recipe(string name) => MarkdownPage.Read($"docs/recipes/{name}.md");

    private Task<RunningHost> StartAsync(Func<RtcOptions, RtcOptions>? change = null)
    {
        RtcOptions options = RunningHost.Options with
        {
            Http = RunningHost.Options.Http with { StateDirectory = _folder.CreateSubdirectory("state").FullName },
        };
        return RunningHost.StartAsync(change is null ? options : change(options));
    }

    private string Write(string name, string text, RunningHost host)
    {
        Assert.Contains(Localhost, text, StringComparison.Ordinal);
        string file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, text.Replace(Localhost, host.Client.BaseAddress!.ToString().TrimEnd('/'), StringComparison.Ordinal));
        return file;
    }

    /// <summary>An answer that is an error ends it.</summary>
    private Task<string> ShellAsync(string block, RunningHost host) => RunAsync(
        "bash",
        ["-euo", "pipefail", Write("block.sh", CurlCall().Replace(block, "curl -sS --fail-with-body "), host)]);

    private async Task<string> RunAsync(string program, string[] arguments)
    {
        using Process process = Begin(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync(Cancel);
        string output = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == 0, output + await errors);
        return output;
    }

    private Process Begin(string program, string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.FullName,
    })!;

    private async Task<bool> HasAiortcAsync()
    {
        using Process? python = File.Exists(Python) ? Begin(Python, ["-c", "import aiortc"]) : null;
        await (python?.WaitForExitAsync(Cancel) ?? Task.CompletedTask);
        return python?.ExitCode == 0;
    }

    [GeneratedRegex(@"\bcurl ")]
    private static partial Regex CurlCall();
}
