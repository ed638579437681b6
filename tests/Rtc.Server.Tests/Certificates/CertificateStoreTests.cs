using System.Security.Cryptography.X509Certificates;
using Rtc.Server.Certificates;
using Rtc.Server.Options;
using Rtc.Server.Startup;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Certificates;

public sealed class CertificateStoreTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "rtc-cert-" + Path.GetRandomFileName());
    private readonly ManualClock _clock = new(s_start);

    [Fact]
    public void A_new_certificate_serves_every_name_and_is_kept()
    {
        var store = new CertificateStore(_folder, _clock);

        using X509Certificate2 first = store.LoadOrCreate(["localhost", "laptop.local", "192.0.2.7", "2001:db8::7"], out bool made);
        using X509Certificate2 second = store.LoadOrCreate(["192.0.2.7"], out bool madeAgain);

        Assert.True(made);
        Assert.False(madeAgain);
        Assert.True(first.HasPrivateKey);
        Assert.True(first.MatchesHostname("laptop.local"));
        Assert.True(first.MatchesHostname("192.0.2.7"));
        Assert.True(first.MatchesHostname("2001:db8::7"));
        Assert.False(first.MatchesHostname("example.org"));
        Assert.Equal(CertificateStore.FingerprintOf(first), CertificateStore.FingerprintOf(second));
        Assert.Equal(95, CertificateStore.FingerprintOf(first).Length);
    }

    [Fact]
    public void An_address_that_is_missing_brings_a_new_one_that_keeps_the_old_names()
    {
        var store = new CertificateStore(_folder, _clock);
        store.LoadOrCreate(["localhost", "192.0.2.7"], out _).Dispose();

        using X509Certificate2 renewed = store.LoadOrCreate(["localhost", "198.51.100.4"], out bool made);

        Assert.True(made);
        Assert.True(renewed.MatchesHostname("198.51.100.4"));
        Assert.True(renewed.MatchesHostname("192.0.2.7"));
    }

    [Fact]
    public void Folder_that_can_not_be_made_is_a_clear_line()
    {
        Directory.CreateDirectory(_folder);
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, string.Empty);

        var store = new CertificateStore(Path.Combine(file, "state"), _clock);
        StartException error = Assert.Throws<StartException>(() => store.LoadOrCreate(["localhost"], out _));

        Assert.Contains("Http:StateDirectory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Full_disk_ends_the_start_and_leaves_nothing_behind()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "no /dev/full on this system");

        var store = new CertificateStore(_folder, _clock);
        Directory.CreateDirectory(_folder);
        File.CreateSymbolicLink($"{store.Path}.{Environment.ProcessId}", "/dev/full");

        var error = Assert.Throws<StartException>(() => store.LoadOrCreate(["localhost"], out _));

        Assert.Contains("space", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void It_is_renewed_a_month_before_its_end()
    {
        var store = new CertificateStore(_folder, _clock);
        store.LoadOrCreate(["localhost"], out _).Dispose();

        _clock.Now = s_start.AddDays(397 - 31);
        store.LoadOrCreate(["localhost"], out bool early).Dispose();
        _clock.Now = s_start.AddDays(397 - 29);
        using X509Certificate2 renewed = store.LoadOrCreate(["localhost"], out bool late);

        Assert.False(early);
        Assert.True(late);
        Assert.True(renewed.NotAfter.ToUniversalTime() > _clock.Now.AddDays(300).UtcDateTime);
    }

    [Fact]
    public void A_damaged_file_is_replaced()
    {
        var store = new CertificateStore(_folder, _clock);
        store.LoadOrCreate(["localhost"], out _).Dispose();
        File.WriteAllText(store.Path, "garbage");

        store.LoadOrCreate(["localhost"], out bool made).Dispose();

        Assert.True(made);
    }

    [Fact]
    public void Its_key_is_readable_by_its_owner_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes");
            return;
        }

        var store = new CertificateStore(_folder, _clock);
        store.LoadOrCreate(["localhost"], out _).Dispose();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(store.Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
    }

    [Fact]
    public void An_operators_certificate_is_taken_from_PEM_and_from_PKCS12()
    {
        var store = new CertificateStore(_folder, _clock);
        using X509Certificate2 own = store.LoadOrCreate(["localhost"], out _);
        using X509Certificate2 exportable = X509CertificateLoader.LoadPkcs12FromFile(store.Path, null, X509KeyStorageFlags.Exportable);
        string pem = Path.Combine(_folder, "own.pem");
        File.WriteAllText(pem, exportable.ExportCertificatePem() + "\n" + exportable.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());

        using X509Certificate2 fromPem = CertificateStore.LoadFile(new HttpOptions { CertificateFile = pem });
        using X509Certificate2 fromPfx = CertificateStore.LoadFile(new HttpOptions { CertificateFile = store.Path });

        Assert.True(fromPem.HasPrivateKey);
        Assert.Equal(own.Thumbprint, fromPem.Thumbprint);
        Assert.Equal(own.Thumbprint, fromPfx.Thumbprint);
    }

    [Fact]
    public void A_certificate_file_that_is_none_is_a_clear_line()
    {
        Directory.CreateDirectory(_folder);
        string file = Path.Combine(_folder, "none.pem");
        File.WriteAllText(file, "none");

        StartException error = Assert.Throws<StartException>(() => CertificateStore.LoadFile(new HttpOptions { CertificateFile = file }));

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
