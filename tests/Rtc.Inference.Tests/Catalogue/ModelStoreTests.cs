using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Rtc.Inference.Catalogue;
using Rtc.Inference.Tests.Models;

namespace Rtc.Inference.Tests.Catalogue;

public sealed class ModelStoreTests : IDisposable
{
    private readonly ModelFolder _folder = new();
    private readonly byte[] _file = new byte[300_000];
    private readonly FakeServer _server;
    private readonly HttpClient _http;
    private readonly ModelCatalogue _catalogue;

    public ModelStoreTests()
    {
        new Random(1).NextBytes(_file);
        _server = new FakeServer(_file);
        _http = new HttpClient(_server);
        _catalogue = Parse(Convert.ToHexStringLower(SHA256.HashData(_file)));
    }

    private string Target => Path.Combine(_folder.Location, "thing.onnx");

    private ModelStore Store => new(_folder.Location, _catalogue, _http);

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_model_is_fetched_checked_and_put_in_place_with_progress()
    {
        List<PullProgress> seen = [];
        Assert.Null(await Store.PullAsync("thing", new Steps(seen), default));
        Assert.Equal(_file, File.ReadAllBytes(Target));
        Assert.Equal(_file.Length, seen[^1].Bytes);
        Assert.Equal(seen.OrderBy(step => step.Bytes), seen);
        Assert.Null(Assert.Single(await Store.VerifyAsync("thing", default)).Problem);

        // What is there and right is not fetched again.
        Assert.Null(await Store.PullAsync("THING", null, default));
        Assert.Equal(1, _server.Requests);
    }

    [Fact]
    public async Task A_broken_off_fetch_goes_on_where_it_ended()
    {
        _server.CutAfter = 100_000;
        Assert.Contains("ended after", await Store.PullAsync("thing", null, default), StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
        _server.CutAfter = null;
        Assert.Null(await Store.PullAsync("thing", null, default));
        Assert.Equal(_file, File.ReadAllBytes(Target));
        Assert.Equal(100_000, _server.LastFrom);
    }

    [Fact]
    public async Task A_server_that_cannot_resume_starts_over()
    {
        File.WriteAllBytes(Target + ".part", new byte[5000]);
        _server.IgnoresRanges = true;
        Assert.Null(await Store.PullAsync("thing", null, default));
        Assert.Equal(_file, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_wrong_checksum_leaves_what_was_there()
    {
        File.WriteAllText(Target, "old");
        _server.Content[7] ^= 1;
        string? problem = await Store.PullAsync("thing", null, default);
        Assert.Contains("sha256", problem, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal(["thing.onnx"], Directory.EnumerateFiles(_folder.Location).Select(file => Path.GetFileName(file)!));
    }

    [Fact]
    public async Task More_bytes_than_announced_are_not_taken()
    {
        _server.Content = new byte[_file.Length + 1];
        Assert.Contains("more than", await Store.PullAsync("thing", null, default), StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task The_second_address_serves_where_the_first_fails()
    {
        _server.FailFirst = true;
        Assert.Null(await Store.PullAsync("thing", null, default));
        Assert.Equal(2, _server.Requests);
    }

    [Theory]
    [InlineData("../thing")]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("unknown")]
    public async Task A_name_that_is_none_is_refused(string name)
    {
        Assert.Contains("no model named", await Store.PullAsync(name, null, default), StringComparison.Ordinal);
        Assert.Equal(0, _server.Requests);
    }

    [Fact]
    public async Task Damage_is_found()
    {
        Assert.Null(await Store.PullAsync("thing", null, default));
        byte[] damaged = [.. _file];
        damaged[^1] ^= 1;
        File.WriteAllBytes(Target, damaged);
        Assert.Contains("sha256", Assert.Single(await Store.VerifyAsync(null, default)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_built_in_catalogue_is_whole_and_its_default_is_free()
    {
        ModelCatalogue catalogue = ModelCatalogue.Load(_folder.Location, out string? problem);
        Assert.Null(problem);
        Assert.Equal("yolox-nano", catalogue.Default);
        Assert.Equal("Apache-2.0", catalogue.Find("yolox_nano")!.Licence);
        Assert.Contains(catalogue.Entries, entry => entry.Task == "mask");
        Assert.Contains(catalogue.Entries, entry => entry.Task == "segment");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"default":"a","models":[]}""")]
    [InlineData(
        """{"default":"a","models":[{"name":"a","task":"detect","layout":"yolox","licence":"AGPL","copyleft":true,"files":[{"name":"a.onnx","size":1,"sha256":"00","addresses":["https://x/"]}]}]}""")]
    [InlineData(
        """{"default":"a","models":[{"name":"a","task":"detect","layout":"yolox","licence":"MIT","copyleft":false,"files":[{"name":"../a.onnx","size":1,"sha256":"0000000000000000000000000000000000000000000000000000000000000000","addresses":["https://x/"]}]}]}""")]
    [InlineData(
        """{"default":"a","models":[{"name":"a","task":"detect","layout":"yolox","licence":"MIT","copyleft":false,"files":[{"name":"a.onnx","size":1,"sha256":"0000000000000000000000000000000000000000000000000000000000000000","addresses":["http://example.org/"]}]}]}""")]
    public void A_broken_catalogue_is_reported_and_the_built_in_one_used(string json)
    {
        File.WriteAllText(Path.Combine(_folder.Location, ModelCatalogue.FileName), json);
        ModelCatalogue catalogue = ModelCatalogue.Load(_folder.Location, out string? problem);
        Assert.NotNull(problem);
        Assert.Equal("yolox-nano", catalogue.Default);
    }

    private static ModelCatalogue Parse(string sha256)
    {
        string json =
            $$"""{"default":"thing","models":[{"name":"thing","task":"detect","layout":"yolox","licence":"MIT","copyleft":false,"files":[{"name":"thing.onnx","size":300000,"sha256":"{{sha256}}","addresses":["https://one.example/thing","https://two.example/thing"]}]}]}""";
        Assert.True(ModelCatalogue.TryParse(json, out ModelCatalogue? catalogue, out string? problem), problem);
        return catalogue!;
    }

    private sealed class Steps(List<PullProgress> seen) : IProgress<PullProgress>
    {
        public void Report(PullProgress value) => seen.Add(value);
    }

    /// <summary>Serves one file, with ranges, and fails in the ways that a test asks for.</summary>
    private sealed class FakeServer(byte[] content) : HttpMessageHandler
    {
        public byte[] Content { get; set; } = [.. content];

        public int? CutAfter { get; set; }

        public bool IgnoresRanges { get; set; }

        public bool FailFirst { get; set; }

        public int Requests { get; private set; }

        public long? LastFrom { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            if ((FailFirst && Requests == 1) || (CutAfter is not null && Requests > 1))
            {
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound));
            }

            LastFrom = request.Headers.Range?.Ranges.First().From;
            int from = IgnoresRanges ? 0 : (int)(LastFrom ?? 0);
            HttpResponseMessage response = new(from > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK)
            {
                Content = new ByteArrayContent(Content[from..(CutAfter ?? Content.Length)]),
            };
            if (from > 0)
            {
                response.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, Content.Length - 1, Content.Length);
            }

            return Task.FromResult(response);
        }
    }
}
