using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Rtc.Media.Containers;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Routes;

/// <summary>Each route of the studio with each kind of clip that it promises to take or to refuse, against one server.</summary>
public sealed class StudioFormatsTests(StudioFormatsTests.Server server) : IClassFixture<StudioFormatsTests.Server>
{
    private const string Point = "x=47;y=48";
    private const string Box = """{"xmin":31,"ymin":25,"xmax":63,"ymax":72}""";

    // A second at most, and a megabyte: what is longer or heavier is made quickly.
    private static readonly Dictionary<string, string> s_clips = new()
    {
        ["h264.mp4"] = Red("96x64") + " -c:v libx264",
        ["vp8.webm"] = Red("96x64") + " -c:v libvpx",
        ["h264.mov"] = Red("96x64") + " -c:v libx264",
        ["h264.mkv"] = Red("96x64") + " -c:v libx264",
        ["mpeg4.avi"] = Red("96x64") + " -c:v mpeg4 -q:v 2",
        ["portrait.mp4"] = Red("64x96") + " -c:v libx264",
        ["odd.webm"] = Red("95x63") + " -c:v libvpx",
        ["sound.mp4"] = Red("96x64") + " -f lavfi -i sine=440:d=0.3 -c:v libx264 -c:a aac",
        ["even.webm"] = "-f lavfi -i color=gray:s=96x64:r=10:d=0.3 -c:v libvpx",
        ["small.webm"] = "-f lavfi -i color=gray:s=14x64:r=10:d=0.3 -c:v libvpx",
        ["long.mp4"] = "-f lavfi -i color=gray:s=64x64:r=2:d=2 -c:v libx264",
        ["front.mp4"] = Red("96x64") + " -c:v libx264 -movflags +faststart",
    };

    /// <summary>Route, clip, fields, status, and what the answer has in it.</summary>
    public static TheoryData<string, string, string, int, string> Rows => new()
    {
        { "track-point", "h264.mp4", Point, 200, "\"found\":true" },
        { "track-point", "vp8.webm", Point, 200, "\"found\":true" },
        { "track-point", "h264.mov", Point + ";frame_idx=2", 200, "\"found\":true" },
        { "track-point", "h264.mkv", Point + ";box=" + Box + ";track_id=7", 200, "\"track_id\":7" },
        { "track-point", "mpeg4.avi", Point, 200, "\"found\":true" },
        { "track-point", "odd.webm", Point + """;points=[{"x":90,"y":90,"subtract":true}]""", 200, "\"found\":true" },
        { "track-point", "even.webm", "x=100;y=100", 200, "\"found\":false" },
        { "remove-object", "portrait.mp4", "x=70;y=32", 200, "\"found\":true" },
        { "remove-object", "odd.webm", Point, 200, "\"fill\":\"telea\"" },
        { "remove-object", "even.webm", "x=50;y=50", 200, "\"found\":false" },
        { "text-to-video", "sound.mp4", "prompt=the drums", 200, "/drums.wav" },
        { "text-to-video", "vp8.webm", "prompt=a purple giraffe", 200, "\"audio_url\":null" },
        { "track-point", "damaged.mp4", Point, 400, "decoded" },
        { "track-point", "cut.mp4", Point, 400, "detail" },
        { "remove-object", "words.mp4", Point, 400, "no video file that is read" },
        { "text-to-video", "nothing.mp4", "prompt=car", 400, "no bytes" },
        { "remove-object", "long.mp4", Point, 400, "Studio:MaxSeconds" },
        { "text-to-video", "heavy.mp4", "prompt=car", 400, "Studio:MaxMegabytes" },
        { "track-point", "small.webm", Point, 400, "16 pixels" },
        { "remove-object", "h264.mp4", "x=100.1;y=48", 400, "lies between 0 and 100" },
        { "remove-object", "h264.mp4", Point + ";frame_idx=3", 400, "The clip has 3 pictures" },
        { "remove-object", "h264.mp4", Point + ";track_id=-1", 400, "track_id" },
        { "track-point", "h264.mp4", Point + ";box=[1,2,3,4]", 400, "box" },
        { "track-point", "h264.mp4", Point + """;box={"xmin":60,"ymin":20,"xmax":40,"ymax":90}""", 400, "box" },
        { "track-point", "h264.mp4", Point + ";points=60,40", 400, "points" },
        { "track-point", "h264.mp4", Point + """;points=[{"x":1e400,"y":1}]""", 400, "points" },
        { "track-point", "h264.mp4", Point + """;box={"xmin":1,"ymin":1,"xmax":1e400,"ymax":9}""", 400, "box" },
        { "track-point", "h264.mp4", Point + ";" + string.Join(';', Enumerable.Range(0, 16).Select(i => $"f{i}=1")), 400, "16 at most" },
        { "text-to-video", "h264.mp4", "prompt=" + new string('x', 501), 400, "500 letters" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Route_answers_each_clip_as_promised(string route, string clip, string fields, int status, string says)
    {
        Assert.SkipWhen(VideoPrograms.Missing is not null, VideoPrograms.Missing ?? string.Empty);
        using var form = new MultipartFormDataContent();
        using var video = new ByteArrayContent(server.Clip(clip));
        form.Add(video, "video", clip);
        foreach (string[] field in fields.Split(';').Select(one => one.Split('=', 2)))
        {
            form.Add(new StringContent(field[1]), field[0]);
        }

        HttpClient client = server.Host.Client;
        using HttpResponseMessage answer = await client.PostAsync(
            new Uri($"/api/{route}", UriKind.Relative), form, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == (int)answer.StatusCode, $"{answer.StatusCode}: {text}");
        Assert.Contains(says, text, StringComparison.Ordinal);
        JsonObject said = JsonNode.Parse(text)!.AsObject();
        foreach ((string name, JsonNode? at) in said.Where(one => one.Key.EndsWith("_url", StringComparison.Ordinal)))
        {
            if (at is not null)
            {
                byte[] file = await client.GetByteArrayAsync(
                    new Uri(at.ToString(), UriKind.Relative), TestContext.Current.CancellationToken);
                Assert.True(file.Length > 100, $"{name}: {file.Length} bytes");
                if (name == "masks_url")
                {
                    Assert.Equal(said["track_id"]?.ToString(), JsonNode.Parse(file)!["track_id"]?.ToString());
                }
            }
        }
    }

    private static string Red(string size) =>
        $"-f lavfi -i color=0x3060a0:s={size}:r=10:d=0.3,drawbox=x=30:y=16:w=30:h=30:c=red:t=fill";

    /// <summary>One server for all rows, and each clip made once.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-state-");
        private readonly Dictionary<string, byte[]> _made = [];
        private RunningHost? _host;

        internal RunningHost Host => _host!;

        public async ValueTask InitializeAsync() => _host = await RunningHost.StartAsync(RunningHost.Options with
        {
            Http = RunningHost.Options.Http with { StateDirectory = _state.FullName },
            Studio = new StudioOptions { MaxMegabytes = 1, MaxSeconds = 1 },
        });

        public async ValueTask DisposeAsync()
        {
            await _host!.DisposeAsync();
            _state.Delete(recursive: true);
        }

        internal byte[] Clip(string name) => _made.TryGetValue(name, out byte[]? bytes) ? bytes : _made[name] = Make(name);

        private byte[] Make(string name)
        {
            switch (name)
            {
                case "words.mp4":
                    return "no video"u8.ToArray();
                case "nothing.mp4":
                    return [];
                case "heavy.mp4":
                    return new byte[1_000_001];
                case "cut.mp4":
                    // What tells where the pictures are comes last.
                    byte[] whole = Clip("h264.mp4");
                    return whole[..(whole.Length / 2)];
                case "damaged.mp4":
                    byte[] damaged = [.. Clip("front.mp4")];
                    damaged.AsSpan(damaged.AsSpan().IndexOf("mdat"u8) + 4).Clear();
                    return damaged;
            }

            string path = Path.Combine(_state.FullName, name);
            using Process ffmpeg = Process.Start(
                "ffmpeg", $"-v error -nostdin -y -threads 1 {s_clips[name]} -pix_fmt yuv420p {path}");
            ffmpeg.WaitForExit();
            return File.ReadAllBytes(path);
        }
    }
}
