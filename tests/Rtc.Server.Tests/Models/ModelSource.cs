using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rtc.Server.Tests.Models;

/// <summary>A web server on loopback that has one file, thing.onnx, and gives it as the test says.</summary>
internal sealed class ModelSource : IAsyncDisposable
{
    private readonly WebApplication _web;

    private ModelSource(WebApplication web) => _web = web;

    public byte[] File { get; } = RandomNumberGenerator.GetBytes(1_000_000);

    public static async Task<ModelSource> StartAsync(Func<HttpContext, Task> serve)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication web = builder.Build();
        web.MapGet("/thing.onnx", serve);
        await web.StartAsync();
        return new ModelSource(web);
    }

    /// <summary>A catalogue whose one model is that file.</summary>
    public string Catalogue(string path, byte[] expected) => $$"""
        {"default":"thing","models":[{"name":"thing","task":"detect","layout":"yolox","licence":"MIT","copyleft":false,
          "files":[{"name":"thing.onnx","size":{{expected.Length}},"sha256":"{{Convert.ToHexStringLower(SHA256.HashData(expected))}}",
            "addresses":["{{_web.Urls.First()}}/{{path}}"]}]}]}
        """;

    public ValueTask DisposeAsync() => _web.DisposeAsync();
}
