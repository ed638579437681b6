using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Rtc.Server.Authorization;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Routes;

public sealed class ModelFileTests : IDisposable
{
    private const string TokenKey = "a token key of at least thirty-two characters";
    private readonly string _root = Directory.CreateTempSubdirectory("rtc-model-files-").FullName;
    private readonly string _models;

    public ModelFileTests()
    {
        _models = Directory.CreateDirectory(Path.Combine(_root, "models")).FullName;
        File.WriteAllBytes(Path.Combine(_models, "yolox_nano.onnx"), Content(40_000));
        File.WriteAllBytes(Path.Combine(_models, "mobile_sam_encoder.onnx"), Content(300));
        File.WriteAllBytes(Path.Combine(_models, "mobile_sam_decoder.onnx"), Content(200));
        File.WriteAllText(Path.Combine(_models, "catalogue.json"), "{}");
        File.WriteAllText(Path.Combine(_models, "half.onnx.part"), "unfinished");
        File.WriteAllBytes(Path.Combine(_root, "outside.onnx"), Content(10));
    }

    private RtcOptions Options => RunningHost.Options with { Model = new ModelOptions { Name = "motion", Directory = _models } };

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Listed_model_comes_with_its_hash_and_in_ranges()
    {
        byte[] whole = Content(40_000);
        string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(whole))}\"";
        await using RunningHost host = await RunningHost.StartAsync(Options);
        using HttpResponseMessage answer = await GetAsync(host, "/models/yolox-nano.onnx");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(whole, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(tag, answer.Headers.ETag!.Tag);
        Assert.Equal(TimeSpan.FromDays(7), answer.Headers.CacheControl!.MaxAge);
        Assert.True(answer.Headers.CacheControl.Public);

        using HttpResponseMessage known = await GetAsync(
            host, "/models/yolox_nano.onnx", request => request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(tag)));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        using HttpResponseMessage part = await GetAsync(
            host, "/models/yolox_nano.onnx", request => request.Headers.Range = new RangeHeaderValue(39_990, null));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(whole[39_990..], await part.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Hash_is_taken_anew_when_the_file_changes()
    {
        await using RunningHost host = await RunningHost.StartAsync(Options);
        using HttpResponseMessage before = await GetAsync(host, "/models/yolox_nano.onnx");
        File.WriteAllBytes(Path.Combine(_models, "yolox_nano.onnx"), Content(40_001));
        using HttpResponseMessage after = await GetAsync(
            host, "/models/yolox_nano.onnx", request => request.Headers.IfNoneMatch.Add(before.Headers.ETag!));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.NotEqual(before.Headers.ETag, after.Headers.ETag);
    }

    [Theory]
    [InlineData("mobile-sam", 300)]
    [InlineData("mobile_sam-encoder", 300)]
    [InlineData("mobile-sam-decoder", 200)]
    [InlineData("mobile_sam_decoder", 200)]
    public async Task Halves_of_a_pair_have_names_of_their_own(string name, int bytes)
    {
        await using RunningHost host = await RunningHost.StartAsync(Options);
        using HttpResponseMessage answer = await GetAsync(host, $"/models/{name}.onnx");
        Assert.Equal(bytes, answer.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("/models/catalogue.json")]
    [InlineData("/models/catalogue.json.onnx")]
    [InlineData("/models/half.onnx.part")]
    [InlineData("/models/half.onnx")]
    [InlineData("/models/../outside.onnx")]
    [InlineData("/models/..%2Foutside.onnx")]
    [InlineData("/models/%2e%2e%2foutside.onnx")]
    [InlineData("/models/..%5Coutside.onnx")]
    [InlineData("/models/yolox_nano%00.onnx")]
    [InlineData("/models/%2Fetc%2Fpasswd.onnx")]
    [InlineData("/models/motion.onnx")]
    [InlineData("/models/.onnx")]
    [InlineData("/models/")]
    public async Task Nothing_but_listed_models_is_served(string path)
    {
        await using RunningHost host = await RunningHost.StartAsync(Options);
        using HttpResponseMessage answer = await GetAsync(host, path);
        Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{path}: {answer.StatusCode}");
    }

    [Fact]
    public async Task Public_server_asks_for_a_token()
    {
        AuthOptions auth = new() { Public = true, ApiKey = "an api key of some length", TokenKey = TokenKey };
        await using RunningHost host = await RunningHost.StartAsync(Options with { Auth = auth });
        using HttpResponseMessage stranger = await GetAsync(host, "/models/yolox_nano.onnx");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        string token = JoinToken.Create(Encoding.UTF8.GetBytes(TokenKey), "demo", JoinRole.Viewer, DateTimeOffset.UtcNow.AddHours(1));
        using HttpResponseMessage guest = await GetAsync(host, $"/models/yolox_nano.onnx?token={token}");
        Assert.Equal(HttpStatusCode.OK, guest.StatusCode);
        Assert.True(guest.Headers.CacheControl!.Private);
    }

    [Theory]
    [InlineData("/focus", true)]
    [InlineData("/js/vision/vision-worker.js", true)]
    [InlineData("/built/vision/worker.js", true)]
    [InlineData("/built/view.js", false)]
    [InlineData("/lib/onnxruntime/ort.wasm.bundle.min.mjs", true)]
    [InlineData("/view", false)]
    [InlineData("/js/pages/view.js", false)]
    [InlineData("/focused", false)]
    public async Task Only_what_runs_models_may_compile_wasm(string path, bool expected)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using HttpResponseMessage answer = await GetAsync(host, path);
        string policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal(expected, policy.Contains("'wasm-unsafe-eval'", StringComparison.Ordinal));
        Assert.Contains(
            expected ? "script-src 'self' 'wasm-unsafe-eval';" : "script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("'unsafe-eval'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-inline", policy, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> GetAsync(RunningHost host, string path, Action<HttpRequestMessage>? change = null)
    {
        // As it is written: a client that tidies paths would never send these.
        var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(
                host.Client.BaseAddress!.GetLeftPart(UriPartial.Authority) + path,
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        change?.Invoke(request);
        return host.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static byte[] Content(int length) => [.. Enumerable.Range(0, length).Select(at => (byte)(at * 7))];
}
