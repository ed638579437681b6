using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rtc.Server.Tests.Docs;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Deploy;

/// <summary>A reverse proxy with a configuration out of the documents, on a free port, in a folder of its own. Owns both.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    private const string Name = "rtc.example.org";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly string _folder;

    private ProxyProcess(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Address = new Uri($"https://localhost:{port}");
    }

    public Uri Address { get; }

    /// <param name="kind">nginx or caddy.</param>
    /// <param name="server">The port that it leads to.</param>
    /// <param name="block">The configuration of nginx; that of docs/DEPLOY.md where none is given.</param>
    public static async Task<ProxyProcess> StartAsync(string kind, int server, string? block = null)
    {
        string? program = Find(kind);
        Assert.SkipWhen(program is null, $"{kind} is not installed");
        string folder = Directory.CreateTempSubdirectory("rtc-proxy").FullName;
        int port = LoopbackPorts.Free();
        WriteCertificate(folder);
        Process process = kind == "nginx"
            ? StartNginx(program, folder, server, port, block ?? Block("nginx"))
            : StartCaddy(program, folder, server, port);
        Task<string> said = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(s_patience);
        bool listens = await LoopbackPorts.UntilListeningAsync(port, () => process.HasExited, patience.Token);
        Assert.True(listens, listens ? string.Empty : await said);
        return new ProxyProcess(process, folder, port);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Process StartNginx(string program, string folder, int server, int port, string configuration)
    {
        string block = configuration
            .Replace("127.0.0.1:8080", $"127.0.0.1:{server}", StringComparison.Ordinal)
            .Replace("listen 443 ssl", $"listen 127.0.0.1:{port} ssl", StringComparison.Ordinal)
            .Replace("/etc/letsencrypt/live/rtc.example.org", folder, StringComparison.Ordinal);
        string paths = string.Concat(
            ((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(name => $"{name}_temp_path {folder}/{name};\n"));
        string file = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(
            file,
            $"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log "
                + $"off;\n{paths}{block}\n}}\n");
        return Start(program, folder, "-p", folder, "-e", "stderr", "-c", file);
    }

    /// <summary>With the certificate of the test, and without the administration port that all Caddies share.</summary>
    private static Process StartCaddy(string program, string folder, int server, int port)
    {
        string block = Block("caddyfile").Replace("127.0.0.1:8080", $"127.0.0.1:{server}", StringComparison.Ordinal);
        Assert.StartsWith(Name + " {\n", block, StringComparison.Ordinal);
        string site = block.Replace(
            Name + " {\n", $"https://localhost:{port} {{\n\tbind 127.0.0.1\n\ttls {folder}/fullchain.pem {folder}/privkey.pem\n",
            StringComparison.Ordinal);
        string file = Path.Combine(folder, "Caddyfile");
        File.WriteAllText(file, $"{{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}}\n{site}");
        return Start(program, folder, "run", "--config", file, "--adapter", "caddyfile");
    }

    private static string Block(string language) => MarkdownPage.Read("docs/DEPLOY.md").Blocks(language).Single();

    private static Process Start(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        start.Environment["HOME"] = folder;
        start.Environment["XDG_DATA_HOME"] = folder;
        start.Environment["XDG_CONFIG_HOME"] = folder;
        return Process.Start(start)!;
    }

    private static void WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(folder, "fullchain.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "privkey.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private static string? Find(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/usr/local/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
