using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;
using Rtc.Server.Videos;
using Rtc.Store.Videos;

namespace Rtc.Server.Tests.Routes;

/// <summary>A folder for a server's videos, a server over it that is told what containers say, and a client's requests.</summary>
internal sealed class VideoHost : IDisposable
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-state-");

    /// <summary>Of all that is kept; another server may be started over it.</summary>
    public string State => _state.FullName;

    public DirectoryInfo Files => new(Path.Combine(State, "videos"));

    public FakeProbe Probe { get; } = new();

    public void Dispose() => _state.Delete(recursive: true);

    public static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    public Task<RunningHost> StartAsync(
        StoreOptions? store = null, Action<IServiceCollection>? more = null, StudioOptions? studio = null) => RunningHost.StartAsync(
        RunningHost.Options with
        {
            Store = store ?? new StoreOptions { MinFreeMegabytes = 0 },
            Studio = studio ?? RunningHost.Options.Studio,
            Http = RunningHost.Options.Http with { StateDirectory = State },
        },
        services: services =>
        {
            services.AddSingleton<IVideoProbe>(Probe);
            more?.Invoke(services);
        });

    public static async Task<string> BeginAsync(RunningHost host, long length)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/videos?resumable=1&name=a.mp4", UriKind.Relative));
        request.Headers.Add("Upload-Length", length.ToString());
        using HttpResponseMessage answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    public static async Task<string> PatchAsync(RunningHost host, HttpStatusCode expected, string at, long offset, byte[] bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch,
            new Uri(at, UriKind.Relative)) { Content = new ByteArrayContent(bytes) };
        request.Headers.Add("Upload-Offset", offset.ToString());
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        using HttpResponseMessage answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == answer.StatusCode, $"{answer.StatusCode} {text}");
        return answer.Headers.TryGetValues("Upload-Offset", out IEnumerable<string>? now) ? now.Single() : string.Empty;
    }

    public static Task<JsonNode> PostAsync(RunningHost host, HttpStatusCode expected, byte[] bytes, bool isForm, string name)
    {
        HttpContent content = new ByteArrayContent(bytes);
        if (isForm)
        {
            var form = new MultipartFormDataContent { { new StringContent("x"), "before" } };
            content.Headers.TryAddWithoutValidation("Content-Disposition",
                $"form-data; name=\"video\"; filename*=utf-8''{Uri.EscapeDataString(name)}");
            form.Add(content);
            content = form;
        }
        else
        {
            content.Headers.ContentType = new MediaTypeHeaderValue("video/mp4");
        }

        return host.JsonAsync(expected, HttpMethod.Post, "/api/videos?name=" + Uri.EscapeDataString(name), content);
    }

    internal sealed class FakeProbe : IVideoProbe
    {
        public string? Refusal { get; set; }

        public Task<(ProbedVideo? Video, string? Refusal)> ReadAsync(string file, CancellationToken cancel) => Task.FromResult(
            Refusal is null
                ? (new ProbedVideo(new VideoFacts(10.5, 1280, 720, 30, "h264", 315, true), ".mp4"), null)
                : ((ProbedVideo?)null, Refusal));
    }
}
