using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Inference.Onnx;
using Rtc.Inference.Tests.Models;
using Rtc.Pipeline.Settings;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Hosting;
using Rtc.Server.Tests.Rooms;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Models;

/// <summary>Models over HTTP: added, looked into, listed, measured, given to rooms and removed.</summary>
public sealed class ModelRoutesTests : IDisposable
{
    private const string Key = "an api key of sixteen";
    private const int MaxBytes = 1_000_000;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("rtc-model-routes-");
    private readonly string _folder;

    public ModelRoutesTests() => _folder = _root.CreateSubdirectory("models").FullName;

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task Added_model_is_tried_measured_used_and_removed()
    {
        await using RunningHost host = await StartAsync();
        JsonNode added = await AddAsync(host, HttpStatusCode.Created, "blobs.onnx", Blobs(), "red\ngreen\nblue");
        Assert.Equal(("blobs", "added", "yolox", "detect", 128), (
            added["name"]!.ToString(), added["origin"]!.ToString(), added["layout"]!.ToString(), added["suits"]![0]!.ToString(),
            (int)added["input_width"]!));
        Assert.Null(added["rate"]);
        Assert.Equal(["blobs.onnx"], Files());

        using var pixel = new ByteArrayContent(Convert.FromBase64String(RedPng));
        pixel.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        JsonNode look = await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Post, "/api/detect?model=blobs&confidence=0.05", pixel);
        Assert.Equal("blobs", look["model"]!.ToString());
        Assert.All(look["detections"]!.AsArray(), one => Assert.Equal("red", one!["label"]!.ToString()));

        JsonNode rate = await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Post, "/api/models/blobs/measure");
        Assert.Equal(10, (int)rate["runs"]!);
        Assert.Equal(rate.ToJsonString(), (await ModelAsync(host, "blobs"))!["rate"]!.ToJsonString());

        await AddAsync(host, HttpStatusCode.Conflict, "BLOBS.onnx", Blobs(), null, "exists");
        await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Delete, "/api/models/blobs");
        Assert.Null(await ModelAsync(host, "blobs"));
        Assert.Empty(Files());

        // Another file of that name is another model, and nothing of the first one stays.
        JsonNode second = await AddAsync(host, HttpStatusCode.Created, "blobs.onnx", BlobModels.EndToEnd().ToArray(), null);
        Assert.Equal("end-to-end", second["layout"]!.ToString());
        Assert.Null(second["rate"]);
        Assert.Null(second["provider"]);
        await EnterAsync(host);
        Assert.Equal("auto", (await UseAsync(host, HttpStatusCode.OK, "blobs"))["before"]!.ToString());
        Assert.Equal("blobs", (await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, "/api/rooms/demo/model"))["model"]!.ToString());
        Assert.Equal("blobs", (await UseAsync(host, HttpStatusCode.OK, "auto"))["before"]!.ToString());
    }

    private static (string What, string Name, byte[] File, string? Classes, HttpStatusCode Status, string Code)[] Hostile =>
    [
        ("nothing in it", "a.onnx", [], null, HttpStatusCode.BadRequest, "no_model"),
        ("truncated", "a.onnx", Blobs()[..^200], null, HttpStatusCode.BadRequest, "no_model"),
        ("a page", "a.onnx", "<!doctype html><title>404</title>"u8.ToArray(), null, HttpStatusCode.BadRequest, "no_model"),
        ("an archive", "a.onnx", Zip(), null, HttpStatusCode.BadRequest, "no_model"),
        ("no picture", "a.onnx", Numbers(), null, HttpStatusCode.BadRequest, "no_model"),
        ("edges without end", "a.onnx", ManyEdges(), null, HttpStatusCode.BadRequest, "no_model"),
        ("up", "../a.onnx", Blobs(), null, HttpStatusCode.BadRequest, "name"),
        ("up encoded", "..%2fa.onnx", Blobs(), null, HttpStatusCode.BadRequest, "name"),
        ("a path", "/tmp/a.onnx", Blobs(), null, HttpStatusCode.BadRequest, "name"),
        ("another kind", "a.sh", Blobs(), null, HttpStatusCode.BadRequest, "name"),
        ("a word of rooms", "auto.onnx", Blobs(), null, HttpStatusCode.BadRequest, "name"),
        ("the catalogue's", "yolox_nano.onnx", Blobs(), null, HttpStatusCode.Conflict, "exists"),
        ("too few names", "a.onnx", Blobs(), "red, green", HttpStatusCode.BadRequest, "classes"),
        ("names without end", "a.onnx", Blobs(), new string('x', 300_000), HttpStatusCode.BadRequest, "classes"),
        ("as long as may be", "a.onnx", new byte[MaxBytes], null, HttpStatusCode.BadRequest, "no_model"),
        ("a byte more", "a.onnx", new byte[MaxBytes + 1], null, HttpStatusCode.RequestEntityTooLarge, "too_large"),
    ];

    [Fact]
    public async Task Hostile_uploads_are_refused_and_leave_nothing_behind()
    {
        await using RunningHost host = await StartAsync();
        foreach ((string what, string name, byte[] file, string? classes, HttpStatusCode status, string code) in Hostile)
        {
            foreach (bool isChunked in (bool[])[false, true])
            {
                using MultipartFormDataContent form = Form(name, file, classes);
                using var request = new HttpRequestMessage(HttpMethod.Post, "/api/models") { Content = form };
                request.Headers.TransferEncodingChunked = isChunked;
                using HttpResponseMessage answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
                string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                Assert.True(status == answer.StatusCode, $"{what}: {answer.StatusCode} {text}");
                Assert.Equal((what, code), (what, JsonNode.Parse(text)!["code"]!.ToString()));
                Assert.DoesNotContain(_root.FullName, text, StringComparison.Ordinal);
                Assert.Empty(Files());
            }
        }
    }

    [Fact]
    public async Task Given_file_is_listed_and_no_answer_has_a_folder()
    {
        string outside = _root.CreateSubdirectory("private place").FullName;
        string given = Path.Combine(outside, "helmets v2.onnx");
        await File.WriteAllBytesAsync(given, Blobs()[..^200], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "broken.onnx"), "nothing", TestContext.Current.CancellationToken);
        await using RunningHost host = await StartAsync(model: given);
        JsonNode found = (await ModelAsync(host, "helmets-v2"))!;
        Assert.Equal("given", found["origin"]!.ToString());
        Assert.NotNull(found["problem"]);
        foreach (string model in (string[])["auto", "broken", "helmets-v2", "nothing"])
        {
            using var pixel = new ByteArrayContent(Convert.FromBase64String(RedPng));
            JsonNode refused = await host.JsonAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"/api/detect?model={model}", pixel);
            AssertNoFolder(refused);
        }

        AssertNoFolder(await host.JsonAsync(HttpStatusCode.Conflict, HttpMethod.Post, "/api/models/broken/measure"));
        AssertNoFolder(await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, "/api/models"));
        AssertNoFolder(await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, "/api/health"));
        AssertNoFolder(await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, "/api/models/pull"));
    }

    [Fact]
    public async Task Only_what_was_added_here_is_removed()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder, "own.onnx"), Blobs(), TestContext.Current.CancellationToken);
        await using RunningHost host = await StartAsync();
        Assert.Equal("folder", (await ModelAsync(host, "own"))!["origin"]!.ToString());
        foreach (string name in (string[])["own", "motion", "..%2Fown", "nothing"])
        {
            await host.JsonAsync(HttpStatusCode.NotFound, HttpMethod.Delete, $"/api/models/{name}");
        }

        Assert.Equal(["own.onnx"], Files());
    }

    [Fact]
    public async Task Server_with_a_key_asks_for_it()
    {
        var auth = new AuthOptions { ApiKey = Key, TokenKey = "a token key of more than thirty-two letters" };
        await using RunningHost host = await StartAsync(auth);
        using MultipartFormDataContent form = Form("a.onnx", Blobs(), null);
        await host.JsonAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/models", form);
        await host.JsonAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/models/motion/measure");
        await host.JsonAsync(HttpStatusCode.Unauthorized, HttpMethod.Delete, "/api/models/a");
        await UseAsync(host, HttpStatusCode.Forbidden, "motion");
        await UseAsync(host, HttpStatusCode.NotFound, "motion", Key);
        await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Post, "/api/models/motion/measure", key: Key);
    }

    [Fact]
    public async Task Room_takes_detectors_and_a_private_one_keeps_its_own()
    {
        await using RunningHost host = await StartAsync();
        await UseAsync(host, HttpStatusCode.NotFound, "motion");
        RoomRegistry rooms = await EnterAsync(host);
        Assert.Equal("model_unavailable", (await UseAsync(host, HttpStatusCode.Conflict, "nothing"))["code"]!.ToString());
        Assert.Equal("model_unavailable", (await UseAsync(host, HttpStatusCode.Conflict, "grabcut"))["code"]!.ToString());
        await UseAsync(host, HttpStatusCode.BadRequest, string.Empty);
        Room room = (await rooms.FindRoomAsync("demo"))!;
        Assert.Null(room.Pipeline.TryConfigure(room.Pipeline.Settings with { Mode = ViewMode.Privacy }));
        Assert.Equal("privacy_guarded", (await UseAsync(host, HttpStatusCode.Forbidden, "motion"))["code"]!.ToString());
    }

    private Task<RunningHost> StartAsync(AuthOptions? auth = null, string model = "auto") => RunningHost.StartAsync(RunningHost.Options with
    {
        Model = new ModelOptions { Name = model, Directory = _folder, MaxUploadMegabytes = 1, Provider = "cpu" },
        Auth = auth ?? new AuthOptions(),
        Http = RunningHost.Options.Http with { StateDirectory = _root.CreateSubdirectory("state").FullName },
    });

    private static async Task<RoomRegistry> EnterAsync(RunningHost host)
    {
        RoomRegistry rooms = host.App.Services.GetRequiredService<RoomRegistry>();
        Assert.Null((await rooms.JoinAsync(new JoinRequest { Room = "demo", Role = "phone" }, new RecordingLink(), "127.0.0.1")).Refusal);
        return rooms;
    }

    private static async Task<JsonNode> AddAsync(
        RunningHost host, HttpStatusCode expected, string name, byte[] file, string? classes, string? code = null)
    {
        using MultipartFormDataContent form = Form(name, file, classes);
        JsonNode answer = await host.JsonAsync(expected, HttpMethod.Post, "/api/models", form);
        Assert.Equal(code, (string?)answer["code"]);
        return answer;
    }

    private static Task<JsonNode> UseAsync(RunningHost host, HttpStatusCode expected, string model, string? key = null) => host.JsonAsync(
        expected, HttpMethod.Put, "/api/rooms/demo/model",
        new StringContent(new JsonObject { ["model"] = model }.ToJsonString(), Encoding.UTF8, "application/json"), key);

    private static async Task<JsonNode?> ModelAsync(RunningHost host, string name) =>
        (await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, "/api/models")).AsArray()
            .SingleOrDefault(model => model!["name"]!.ToString() == name);

    private string[] Files() => [.. Directory.EnumerateFiles(_folder).Select(file => Path.GetFileName(file))];

    private void AssertNoFolder(JsonNode answer)
    {
        string text = answer.ToJsonString();
        Assert.DoesNotContain(Path.GetFileName(_root.FullName), text, StringComparison.Ordinal);
        Assert.DoesNotContain("private place", text, StringComparison.Ordinal);
    }

    private static MultipartFormDataContent Form(string name, byte[] file, string? classes)
    {
        var form = new MultipartFormDataContent();
        if (classes is not null)
        {
            form.Add(new StringContent(classes), "classes");
        }

        var content = new ByteArrayContent(file);
        content.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"model\"; filename=\"{name}\"");
        form.Add(content);
        return form;
    }

    private static byte[] Blobs() => BlobModels.Yolox(classes: 3).ToArray();

    private static byte[] Numbers()
    {
        var graph = new OnnxGraph();
        graph.Output("sum", graph.Input("numbers", TensorType.Float, 1, 10), TensorType.Float, 1, 10);
        return graph.ToArray();
    }

    private static byte[] ManyEdges()
    {
        var graph = new Protobuf();
        for (int i = 0; i < 20_000; i++)
        {
            graph.Bytes(11, []);
        }

        return new Protobuf().Message(7, graph).ToArray();
    }

    private static byte[] Zip()
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            archive.CreateEntry("model.onnx");
        }

        return stream.ToArray();
    }

    /// <summary>16×16, all red.</summary>
    private const string RedPng =
        "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mP4z8BAEmIY1TCqYfhqAACQ+f8B8u7oVwAAAABJRU5ErkJggg==";
}
