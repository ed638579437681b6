using Microsoft.AspNetCore.Http;
using Rtc.Inference.Catalogue;

namespace Rtc.Server.Tests.Models;

/// <summary>Fetching from a web server that others wrote: ASP.NET's file results, with ranges, over a real socket.</summary>
public sealed class PullTests : IAsyncLifetime
{
    private const string FullDevice = "/dev/full";
    private const int CutAfter = 400_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("rtc-pull").FullName;
    private readonly HttpClient _http = new();
    private readonly List<string> _ranges = [];
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ModelSource _web = null!;
    private bool _cut;

    public async ValueTask InitializeAsync()
    {
        _web = await ModelSource.StartAsync(ServeAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_fetch_that_the_network_cut_goes_on_from_there()
    {
        ModelStore store = Store("thing.onnx", _web.File);
        _cut = true;
        Assert.NotNull(await store.PullAsync("thing", new FirstStep(_arrived), default));
        string part = Assert.Single(Directory.GetFiles(_folder));
        long kept = new FileInfo(part).Length;
        Assert.InRange(kept, 1, CutAfter);

        _cut = false;
        Assert.Null(await store.PullAsync("thing", null, default));
        Assert.Equal(_web.File, await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(_folder))));
        Assert.Equal(["", $"bytes={kept}-"], _ranges);
    }

    [Fact]
    public async Task Missing_or_wrong_file_is_refused_and_leaves_nothing()
    {
        Assert.Contains("404", await Store("nowhere.onnx", _web.File).PullAsync("thing", null, default), StringComparison.Ordinal);
        Assert.Contains(
            "sha256", await Store("thing.onnx", new byte[_web.File.Length]).PullAsync("thing", null, default), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Full_disk_during_a_fetch_leaves_no_part_behind()
    {
        Assert.SkipUnless(File.Exists(FullDevice), "no /dev/full on this system");

        File.CreateSymbolicLink(Path.Combine(_folder, "thing.onnx.part"), FullDevice);

        string? problem = await Store("thing.onnx", _web.File).PullAsync("thing", null, default);

        Assert.Contains("can't be kept", problem, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private async Task ServeAsync(HttpContext context)
    {
        _ranges.Add(context.Request.Headers.Range.ToString());
        if (_cut)
        {
            context.Response.ContentLength = _web.File.Length;
            await context.Response.Body.WriteAsync(_web.File.AsMemory(0, CutAfter));
            await context.Response.Body.FlushAsync();

            // A reset takes back what the other side has not read yet.
            await _arrived.Task;
            context.Abort();
            return;
        }

        await Results.File(_web.File, "application/octet-stream", enableRangeProcessing: true).ExecuteAsync(context);
    }

    private ModelStore Store(string path, byte[] expected)
    {
        string json = _web.Catalogue(path, expected);
        Assert.True(ModelCatalogue.TryParse(json, out ModelCatalogue? catalogue, out string? problem), problem);
        return new ModelStore(_folder, catalogue!, _http);
    }

    private sealed class FirstStep(TaskCompletionSource arrived) : IProgress<PullProgress>
    {
        public void Report(PullProgress value) => arrived.TrySetResult();
    }
}
