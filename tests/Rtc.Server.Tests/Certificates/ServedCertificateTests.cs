using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Server.Certificates;
using Rtc.Server.Options;
using Rtc.Server.Startup;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Certificates;

public sealed class ServedCertificateTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("rtc-served-").FullName;
    private readonly ManualClock _clock = new(s_start);

    private string CertificateFile => Path.Combine(_folder, "fullchain.pem");

    private string KeyFile => Path.Combine(_folder, "privkey.pem");

    private HttpOptions Files => new() { CertificateFile = CertificateFile, CertificateKeyFile = KeyFile };

    [Fact]
    public void Certificates_between_the_own_and_the_root_are_shown_too()
    {
        string between = WriteChain();
        using var served = new ServedCertificate(Files, _clock);

        Assert.Equal([between], served.Context().IntermediateCertificates.Select(one => one.Subject));
    }

    [Fact]
    public void Certificates_between_are_read_from_PKCS12_too()
    {
        string between = WriteChain();
        X509Certificate2Collection all = [];
        all.ImportFromPemFile(CertificateFile);
        all[0] = X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile);
        string file = Path.Combine(_folder, "all.p12");
        File.WriteAllBytes(file, all.Export(X509ContentType.Pkcs12)!);

        using var served = new ServedCertificate(new HttpOptions { CertificateFile = file }, _clock);

        Assert.True(served.Certificate.HasPrivateKey);
        Assert.Equal([between], served.Context().IntermediateCertificates.Select(one => one.Subject));
    }

    [Fact]
    public void Replaced_file_is_served_without_a_restart()
    {
        WriteChain();
        using var served = new ServedCertificate(Files, _clock);
        string first = served.Certificate.Thumbprint;

        served.Look(NullLogger.Instance);
        string untouched = served.Certificate.Thumbprint;
        WriteChain();
        served.Look(NullLogger.Instance);

        Assert.Equal(first, untouched);
        Assert.NotEqual(first, served.Certificate.Thumbprint);
    }

    [Fact]
    public void Half_replaced_files_leave_the_old_one_until_they_fit()
    {
        WriteChain();
        using var served = new ServedCertificate(Files, _clock);
        string first = served.Certificate.Thumbprint;
        string oldKey = File.ReadAllText(KeyFile);
        WriteChain();
        string newKey = File.ReadAllText(KeyFile);

        File.WriteAllText(KeyFile, oldKey);
        served.Look(NullLogger.Instance);
        string between = served.Certificate.Thumbprint;
        File.WriteAllText(KeyFile, newKey);
        served.Look(NullLogger.Instance);

        Assert.Equal(first, between);
        Assert.NotEqual(first, served.Certificate.Thumbprint);
    }

    [Fact]
    public void Key_of_another_certificate_is_a_clear_line()
    {
        WriteChain();
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(KeyFile, other.ExportPkcs8PrivateKeyPem());

        StartException error = Assert.Throws<StartException>(() => new ServedCertificate(Files, _clock));

        Assert.Contains(CertificateFile, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Own_certificate_is_made_anew_before_its_end_while_the_server_runs()
    {
        using var served = new ServedCertificate(new HttpOptions { StateDirectory = _folder }, _clock);
        string first = served.Certificate.Thumbprint;

        _clock.Now = s_start.AddDays(300);
        served.Look(NullLogger.Instance);
        string early = served.Certificate.Thumbprint;
        _clock.Now = s_start.AddDays(380);
        served.Look(NullLogger.Instance);

        Assert.Equal(first, early);
        Assert.NotEqual(first, served.Certificate.Thumbprint);
        Assert.True(served.Certificate.NotAfter.ToUniversalTime() > _clock.Now.AddDays(300).UtcDateTime);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A server's certificate with one between it and a root that is not in the file.</summary>
    /// <returns>The subject of the one between.</returns>
    private string WriteChain()
    {
        using X509Certificate2 root = Authority("CN=Test root", issuer: null);
        using X509Certificate2 between = Authority("CN=Test between", root);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using X509Certificate2 own = request.Create(between, s_start, s_start.AddDays(500), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(CertificateFile, own.ExportCertificatePem() + "\n" + between.ExportCertificatePem() + "\n");
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        return between.Subject;
    }

    private static X509Certificate2 Authority(string name, X509Certificate2? issuer)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        if (issuer is null)
        {
            return request.CreateSelfSigned(s_start.AddDays(-1), s_start.AddDays(600));
        }

        using X509Certificate2 made = request.Create(issuer, s_start, s_start.AddDays(550), RandomNumberGenerator.GetBytes(8));
        return made.CopyWithPrivateKey(key);
    }
}
