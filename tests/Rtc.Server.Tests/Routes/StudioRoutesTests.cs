using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Server.Hosting;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;
using Rtc.Studio;
using Rtc.Studio.Tasks;

namespace Rtc.Server.Tests.Routes;

/// <summary>Tasks of the studio over HTTP, on a store in a folder of each test's own.</summary>
public sealed class StudioRoutesTests : IDisposable
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-state-");

    public void Dispose() => _state.Delete(recursive: true);

    [Fact]
    public async Task Task_is_waited_for_and_its_files_are_there()
    {
        await using RunningHost host = await StartAsync();
        JsonNode answer = await SendAsync(host, HttpStatusCode.OK, "track-point", Form(Clip(), ("x", "50"), ("y", "50")));
        Assert.Equal(
            ["sam3", "mask", "track"], answer["processing_steps"]!.AsArray().Select(step => step!["id"]!.ToString()));
        Assert.All(answer["processing_steps"]!.AsArray(), step => Assert.Equal("complete", step!["status"]!.ToString()));
        string id = answer["task_id"]!.ToString();
        Assert.Equal($"/uploads/{id}/masked_video.mp4", answer["masked_video_url"]!.ToString());
        using HttpResponseMessage video = await host.Client.GetAsync(new Uri(answer["masked_video_url"]!.ToString(), UriKind.Relative));
        Assert.Equal((HttpStatusCode.OK, "video/mp4"), (video.StatusCode, video.Content.Headers.ContentType!.MediaType));
        foreach (string name in (string[])["clip", "..%2Frtc.db", "other.mp4", "drums.wav"])
        {
            using HttpResponseMessage none = await host.Client.GetAsync(new Uri($"/uploads/{id}/{name}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }

        JsonNode task = await GetAsync(host, HttpStatusCode.OK, $"/api/task/{id}");
        Assert.Equal(
            ("complete", "1", "grabcut"),
            (task["status"]!.ToString(), task["progress"]!.ToString(), task["engine"]!["mask"]!.ToString()));
        Assert.Equal(answer["masked_video_url"]!.ToString(), task["masked_video_url"]!.ToString());
        await GetAsync(host, HttpStatusCode.OK, $"/api/jobs/{id}");
    }

    [Fact]
    public async Task Task_that_is_not_waited_for_is_polled_and_can_be_cancelled()
    {
        // No worker takes it before it is cancelled.
        await using RunningHost host = await StartAsync(services: services => services.AddSingleton<Rtc.Jobs.IJobPace>(new NeverPace()));
        JsonNode queued = await SendAsync(
            host, HttpStatusCode.Accepted, "remove-object", Form(Clip(), ("x", "50"), ("y", "50")), isAsync: true);
        Assert.Equal(("processing", "0"), (queued["status"]!.ToString(), queued["progress"]!.ToString()));
        Assert.Equal(["track", "mask", "inpaint", "render"], queued["steps"]!.AsArray().Select(step => step!["id"]!.ToString()));
        var at = new Uri($"/api/task/{queued["task_id"]}", UriKind.Relative);
        using HttpResponseMessage cancelled = await host.Client.DeleteAsync(at);
        JsonNode task = JsonNode.Parse(await cancelled.Content.ReadAsStringAsync())!;
        Assert.Equal(("error", "The task was cancelled."), (task["status"]!.ToString(), task["error"]!.ToString()));
        await GetAsync(host, HttpStatusCode.NotFound, $"/api/task/{Guid.NewGuid()}");
    }

    [Fact]
    public async Task What_is_beyond_a_limit_is_refused_by_name_and_leaves_nothing()
    {
        await using RunningHost host = await StartAsync(new StudioOptions { MaxMegabytes = 1, MaxSeconds = 1 });
        string clip = Clip();
        (string Kind, MultipartFormDataContent Form, string Says)[] refused =
        [
            ("track-point", Form(clip, ("x", "100.1"), ("y", "50")), "\"x\" lies"),
            ("track-point", Form(clip, ("x", "50"), ("y", "-0.1")), "\"y\" lies"),
            ("track-point", Form(clip, ("x", "50")), "\"y\" lies"),
            ("track-point", Form(clip, ("x", "left"), ("y", "50")), "\"x\" is a number"),
            ("track-point", Form(clip, ("x", "50"), ("y", "50"), ("frame_idx", "3")), "The clip has 3 pictures"),
            ("track-point", Form(clip, ("x", "50"), ("y", "50"), ("frame_idx", "-1")), "\"frame_idx\""),
            ("track-point", Form(null, ("x", "50"), ("y", "50")), "neither \"video\" nor"),
            ("text-to-video", Form(clip), "\"prompt\" says"),
            ("text-to-video", Form(clip, ("prompt", new string('x', 501))), "500 letters"),
            ("text-to-video", Form(clip, ("prompt", new string('x', 5000))), "4096 bytes"),
            ("track-point", Form(Clip(seconds: 2), ("x", "50"), ("y", "50")), "Studio:MaxSeconds"),
            ("track-point", Form(Noise(1_000_001), ("x", "50"), ("y", "50")), "Studio:MaxMegabytes"),
            ("track-point", Form(Noise(2000), ("x", "50"), ("y", "50")), "no video file that is read"),
            ("track-point", Form(Noise(0), ("x", "50"), ("y", "50")), "no bytes"),
        ];
        foreach ((string kind, MultipartFormDataContent form, string says) in refused)
        {
            JsonNode answer = await SendAsync(host, HttpStatusCode.BadRequest, kind, form);
            Assert.Contains(says, answer["detail"]!.ToString(), StringComparison.Ordinal);
        }

        await SendAsync(
            host, HttpStatusCode.NotFound, "track-point", Form(null, ("video_id", Guid.NewGuid().ToString()), ("x", "1"), ("y", "1")));
        Assert.Empty(Directory.GetDirectories(Path.Combine(_state.FullName, "studio")));
    }

    [Fact]
    public async Task User_has_no_more_tasks_than_the_limit()
    {
        await using RunningHost host = await StartAsync(
            new StudioOptions { MaxTasks = 1 }, services => services.AddSingleton<Rtc.Jobs.IJobPace>(new NeverPace()));
        await SendAsync(host, HttpStatusCode.Accepted, "track-point", Form(Clip(), ("x", "50"), ("y", "50")), isAsync: true);
        JsonNode refused = await SendAsync(
            host, HttpStatusCode.TooManyRequests, "track-point", Form(Clip(), ("x", "50"), ("y", "50")), isAsync: true);
        Assert.Contains("Studio:MaxTasks", refused["detail"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_that_asks_for_many_tasks_at_once_has_no_more_either()
    {
        await using RunningHost host = await StartAsync(
            new StudioOptions { MaxTasks = 1 }, services => services.AddSingleton<Rtc.Jobs.IJobPace>(new NeverPace()));
        string clip = Clip();
        HttpStatusCode[] answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/track-point");
            request.Content = Form(clip, ("x", "50"), ("y", "50"));
            request.Headers.Add("Prefer", "respond-async");
            using HttpResponseMessage answer = await host.Client.SendAsync(request);
            return answer.StatusCode;
        }));
        Assert.Single(answers, HttpStatusCode.Accepted);
        Assert.Equal(4, answers.Count(status => status == HttpStatusCode.TooManyRequests));
        Assert.Single(Directory.GetDirectories(Path.Combine(_state.FullName, "studio")));
    }

    [Fact]
    public void Models_are_those_that_the_options_name()
    {
        RtcOptions options = RunningHost.Options with
        {
            Studio = new StudioOptions { TextModel = "owl", FillModel = "telea", StemModel = "dsp" },
            Model = RunningHost.Options.Model with { Segmenter = "efficientsam" },
        };
        Assert.Equal(
            new StudioModels { Mask = "efficientsam", Text = "owl", Fill = "telea", Stems = "dsp" }, StudioHosting.ModelsOf(options));
        options = options with { Studio = options.Studio with { MaskModel = "grabcut" } };
        Assert.Equal("grabcut", StudioHosting.ModelsOf(options).Mask);
    }

    [Fact]
    public async Task Files_go_once_their_hours_are_over()
    {
        var folder = new StudioFolder(Path.Combine(_state.FullName, "studio"));
        (Guid old, Guid fresh) = (Guid.NewGuid(), Guid.NewGuid());
        var now = new DateTimeOffset(2030, 1, 2, 12, 0, 0, TimeSpan.Zero);
        foreach ((Guid task, double hours) in ((Guid, double)[])[(old, 24.1), (fresh, 23.9)])
        {
            Directory.CreateDirectory(folder.Of(task));
            File.WriteAllText(folder.ClipOf(task), "clip");
            File.SetLastWriteTimeUtc(folder.ClipOf(task), now.AddHours(-hours).UtcDateTime);
            Directory.SetLastWriteTimeUtc(folder.Of(task), now.AddHours(-hours).UtcDateTime);
        }

        await folder.SweepAsync(now.AddHours(-24), TestContext.Current.CancellationToken);
        Assert.Equal((false, true), (Directory.Exists(folder.Of(old)), Directory.Exists(folder.Of(fresh))));
    }

    private Task<RunningHost> StartAsync(StudioOptions? studio = null, Action<IServiceCollection>? services = null) =>
        RunningHost.StartAsync(
            RunningHost.Options with
            {
                Http = RunningHost.Options.Http with { StateDirectory = _state.FullName },
                Studio = studio ?? new StudioOptions(),
            },
            services: services);

    private string Clip(int seconds = 0)
    {
        string path = Path.Combine(_state.FullName, $"clip{seconds}.mp4");
        string length = seconds > 0 ? $"{seconds}" : "0.3";
        using Process ffmpeg = Process.Start(
            "ffmpeg", $"-v error -nostdin -y -f lavfi -i testsrc=s=96x64:r=10:d={length} -pix_fmt yuv420p {path}");
        ffmpeg.WaitForExit();
        return path;
    }

    private string Noise(int bytes)
    {
        string path = Path.Combine(_state.FullName, $"noise{bytes}");
        File.WriteAllBytes(path, new byte[bytes]);
        return path;
    }

    private static MultipartFormDataContent Form(string? clip, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        if (clip is not null)
        {
            form.Add(new ByteArrayContent(File.ReadAllBytes(clip)), "video", "clip.mp4");
        }

        foreach ((string name, string value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        return form;
    }

    private static async Task<JsonNode> SendAsync(
        RunningHost host, HttpStatusCode status, string kind, MultipartFormDataContent form, bool isAsync = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/{kind}") { Content = form };
        if (isAsync)
        {
            request.Headers.Add("Prefer", "respond-async");
        }

        using HttpResponseMessage answer = await host.Client.SendAsync(request);
        string said = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {said}");
        return JsonNode.Parse(said)!;
    }

    private static async Task<JsonNode> GetAsync(RunningHost host, HttpStatusCode status, string path)
    {
        using HttpResponseMessage answer = await host.Client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(status, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private sealed class NeverPace : Rtc.Jobs.IJobPace
    {
        public Rtc.Jobs.JobPace Current => Rtc.Jobs.JobPace.Paused;
    }
}
