using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>Another site than the server, on a port of its own: it answers everything with one file. Ends with who made it.</summary>
internal sealed class OtherSite : IAsyncDisposable
{
    private readonly WebApplication _site;

    private OtherSite(WebApplication site) => _site = site;

    public string Origin => _site.Urls.First();

    public static async Task<OtherSite> StartAsync(string file) => new(await LocalSite.StartAsync(context =>
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.SendFileAsync(file);
    }));

    public ValueTask DisposeAsync() => _site.DisposeAsync();
}
