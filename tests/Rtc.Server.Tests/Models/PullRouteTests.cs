using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rtc.Inference.Catalogue;
using Rtc.Server.Addresses;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Models;

/// <summary>Fetching a model of the catalogue through the running server.</summary>
public sealed class PullRouteTests : IAsyncLifetime
{
    private const string ApiKey = "an api key of sixteen";
    private readonly string _folder = Directory.CreateTempSubdirectory("rtc-pull").FullName;
    private readonly TaskCompletionSource _half = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ModelSource _web = null!;

    public async ValueTask InitializeAsync()
    {
        _web = await ModelSource.StartAsync(ServeAsync);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, ModelCatalogue.FileName), _web.Catalogue("thing.onnx", _web.File));
    }

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        await _web.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Pull_tells_how_far_it_is_and_the_model_is_there_afterwards()
    {
        await using RunningHost host = await StartAsync();
        Assert.Equal("idle", (await StatusAsync(host)).GetProperty("state").GetString());
        Assert.False(OnDisk(await host.Client.GetFromJsonAsync<JsonElement>("/api/models")));

        using HttpResponseMessage begun = await host.Client.PostAsync("/api/models/default/pull", null);
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        await _half.Task;
        JsonElement halfWay = await UntilAsync(host, status => status.GetProperty("bytes").GetInt64() == _web.File.Length / 2);
        Assert.Equal(("thing", "pulling", 0.5), (halfWay.GetProperty("model").GetString(), halfWay.GetProperty("state").GetString(),
            halfWay.GetProperty("share").GetDouble()));

        _release.SetResult();
        JsonElement done = await UntilAsync(host, status => status.GetProperty("state").GetString() != "pulling");
        Assert.Equal(("done", 1.0), (done.GetProperty("state").GetString(), done.GetProperty("share").GetDouble()));
        Assert.True(OnDisk(await host.Client.GetFromJsonAsync<JsonElement>("/api/models")));
    }

    [Fact]
    public async Task Cancelled_pull_goes_on_from_there_when_it_is_asked_for_again()
    {
        await using RunningHost host = await StartAsync();
        await host.Client.PostAsync("/api/models/thing/pull", null);
        await _half.Task;
        await UntilAsync(host, status => status.GetProperty("bytes").GetInt64() == _web.File.Length / 2);

        using HttpResponseMessage stopped = await host.Client.DeleteAsync("/api/models/pull");
        JsonElement status = await stopped.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("cancelled", status.GetProperty("state").GetString());
        Assert.Equal(_web.File.Length / 2, new FileInfo(Path.Combine(_folder, "thing.onnx.part")).Length);

        _release.SetResult();
        using HttpResponseMessage again = await host.Client.PostAsync("/api/models/thing/pull", null);
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Equal("done",
            (await UntilAsync(host, next => next.GetProperty("state").GetString() != "pulling")).GetProperty("state").GetString());
        Assert.Equal(_web.File, await File.ReadAllBytesAsync(Path.Combine(_folder, "thing.onnx")));
    }

    [Fact]
    public async Task Pull_without_a_network_says_why_it_failed()
    {
        await _web.DisposeAsync();
        await using RunningHost host = await StartAsync();
        await host.Client.PostAsync("/api/models/thing/pull", null);

        JsonElement failed = await UntilAsync(host, status => status.GetProperty("state").GetString() != "pulling");

        Assert.Equal("failed", failed.GetProperty("state").GetString());
        Assert.Contains("refused", failed.GetProperty("error").GetString(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("http:%2F%2F192.0.2.1%2Fmodel.onnx")]
    [InlineData("..%2Fthing")]
    public async Task Only_names_of_the_catalogue_are_pulled(string name)
    {
        await using RunningHost host = await StartAsync();
        using HttpResponseMessage refused = await host.Client.PostAsync($"/api/models/{name}/pull", null);

        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Equal("idle", (await StatusAsync(host)).GetProperty("state").GetString());
    }

    [Fact]
    public void One_model_is_pulled_at_a_time()
    {
        Assert.True(ModelCatalogue.TryParse(_web.Catalogue("thing.onnx", _web.File), out ModelCatalogue? catalogue, out _));
        using var http = new HttpClient();
        using var pull = new ModelPull(new ModelStore(_folder, catalogue!, http), () => { });
        CatalogueEntry thing = catalogue!.Entries[0];

        Assert.True(pull.TryStart(thing, out _));
        Assert.True(pull.TryStart(thing, out PullStatus same));
        Assert.False(pull.TryStart(thing with { Name = "other" }, out PullStatus running));
        Assert.Equal(("thing", "thing"), (same.Model, running.Model));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("a wrong key of sixteen", false)]
    [InlineData(ApiKey, true)]
    public async Task Server_with_a_key_pulls_for_its_bearer_alone(string? key, bool allowed)
    {
        await using RunningHost host = await StartAsync(new AuthOptions { ApiKey = ApiKey });
        host.Client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        Assert.Equal(allowed, (await StatusAsync(host)).GetProperty("allowed").GetBoolean());

        using HttpResponseMessage answer = await host.Client.PostAsync("/api/models/thing/pull", null);
        using HttpResponseMessage stopped = await host.Client.DeleteAsync("/api/models/pull");

        Assert.Equal(allowed ? HttpStatusCode.Accepted : HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, stopped.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("192.168.7.7", true)]
    [InlineData("172.31.0.1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("fd00::7", true)]
    [InlineData("::ffff:192.168.7.7", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("203.0.113.5", false)]
    [InlineData("2001:db8::1", false)]
    public void Open_server_pulls_for_its_own_network_alone(string from, bool allowed) =>
        Assert.Equal(allowed, LocalAddresses.IsOwnNetwork(IPAddress.Parse(from)));

    private async Task ServeAsync(HttpContext context)
    {
        if (!_release.Task.IsCompleted)
        {
            context.Response.ContentLength = _web.File.Length;
            await context.Response.Body.WriteAsync(_web.File.AsMemory(0, _web.File.Length / 2));
            await context.Response.Body.FlushAsync();
            _half.TrySetResult();
            await Task.WhenAny(_release.Task, Task.Delay(Timeout.Infinite, context.RequestAborted));
            if (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(_web.File.AsMemory(_web.File.Length / 2));
            }

            return;
        }

        await Results.File(_web.File, "application/octet-stream", enableRangeProcessing: true).ExecuteAsync(context);
    }

    private Task<RunningHost> StartAsync(AuthOptions? auth = null) => RunningHost.StartAsync(
        RunningHost.Options with { Auth = auth ?? new AuthOptions(), Model = new ModelOptions { Name = "motion", Directory = _folder } });

    private static bool OnDisk(JsonElement models) =>
        models.EnumerateArray().Single(model => model.GetProperty("name").GetString() == "thing").GetProperty("on_disk").GetBoolean();

    private static Task<JsonElement> StatusAsync(RunningHost host) => host.Client.GetFromJsonAsync<JsonElement>("/api/models/pull");

    private static async Task<JsonElement> UntilAsync(RunningHost host, Func<JsonElement, bool> holds)
    {
        JsonElement status = await StatusAsync(host);
        while (!holds(status))
        {
            await Task.Delay(10);
            status = await StatusAsync(host);
        }

        return status;
    }
}
