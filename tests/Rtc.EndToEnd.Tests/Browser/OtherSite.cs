using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>Another site than the server, on a port of its own: it answers everything with one file. Ends with who made it.</summary>
internal sealed class OtherSite : IAsyncDisposable
{
    private readonly WebApplication _site;

    private OtherSite(WebApplication site) => _site = site;

    public string Origin => _site.Urls.First();

    public static async Task<OtherSite> StartAsync(string file)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication site = builder.Build();
        site.Run(context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.SendFileAsync(file);
        });
        await site.StartAsync();
        return new OtherSite(site);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();
}
