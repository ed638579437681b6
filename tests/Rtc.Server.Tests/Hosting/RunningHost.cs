using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Server.Addresses;
using Rtc.Server.Hosting;
using Rtc.Server.Options;

namespace Rtc.Server.Tests.Hosting;

/// <summary>The real host on loopback, on ports that the system chose; owns it and a client.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly X509Certificate2? _certificate;

    private RunningHost(WebApplication app, X509Certificate2? certificate)
    {
        App = app;
        _certificate = certificate;
        app.Services.GetRequiredService<JoinAddresses>().Listening(app.Urls);
        Client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null },
        })
        { BaseAddress = new Uri(app.Urls.First(url => url.StartsWith("http:", StringComparison.Ordinal))) };
    }

    public WebApplication App { get; }

    public HttpClient Client { get; }

    public Uri? Https =>
        App.Urls.FirstOrDefault(url => url.StartsWith("https:", StringComparison.Ordinal)) is { } url ? new Uri(url) : null;

    public static RtcOptions Options { get; } = new()
    {
        Http = new HttpOptions { Host = IPAddress.Loopback.ToString(), Port = 0, HttpsPort = 0, Tls = false },
        Media = new MediaOptions { Port = 0 },
        Model = new ModelOptions { Name = "motion" },

        // The processor of this process is that of all the tests beside this one.
        Limits = new LimitOptions { MaxCpuPercent = 0, MaxLoopLatenessMs = 0 },
    };

    public static async Task<RunningHost> StartAsync(
        RtcOptions? options = null, X509Certificate2? certificate = null, Action<IServiceCollection>? services = null)
    {
        WebApplication app = RtcHost.Build(
            options ?? Options,
            certificate is null ? null : () => SslStreamCertificateContext.Create(certificate, null, offline: true),
            builder => services?.Invoke(builder.Services));
        await app.StartAsync();
        return new RunningHost(app, certificate);
    }

    /// <summary>Asks, expects a status, and reads the answer; one without a body is an empty object.</summary>
    public async Task<JsonNode> JsonAsync(
        HttpStatusCode expected, HttpMethod method, string path, HttpContent? content = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        if (key is not null)
        {
            request.Headers.Add("X-API-Key", key);
        }

        using HttpResponseMessage answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == answer.StatusCode, $"{method} {path}: {answer.StatusCode} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        _certificate?.Dispose();
    }
}
