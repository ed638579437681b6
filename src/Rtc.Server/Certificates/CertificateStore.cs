using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rtc.Server.Addresses;
using Rtc.Server.Options;
using Rtc.Server.Startup;

namespace Rtc.Server.Certificates;

/// <summary>
/// Gives HTTPS its certificate: the operator's file, or one of our own for this machine's names and addresses,
/// kept in the state directory and made anew when it nears its end or a name is missing from it.
/// </summary>
internal sealed class CertificateStore(string directory, TimeProvider clock)
{
    private const string FileName = "certificate.pfx";
    private const string SubjectName = "CN=Rtc self-signed";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Apple refuses server certificates that live longer than 825 days, and 398 where they chain to a root.</summary>
    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(397);
    private static readonly TimeSpan s_renewBefore = TimeSpan.FromDays(30);

    /// <summary>Networks that a laptop comes back to need no new certificate; beyond this many the oldest names go.</summary>
    private const int MaxNames = 64;

    public string Path => System.IO.Path.Combine(directory, FileName);

    public static string FingerprintOf(X509Certificate2 certificate) =>
        string.Join(
            ':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(
                b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>
    /// The operator's certificate, and into <paramref name="between"/> those that lead from it to a root; a
    /// <see cref="StartException"/> says what is wrong with it.
    /// </summary>
    public static X509Certificate2 LoadFile(HttpOptions options, X509Certificate2Collection? between = null)
    {
        string file = options.CertificateFile!;
        try
        {
            bool pem = X509Certificate2.GetCertContentType(file) is X509ContentType.Cert or X509ContentType.Unknown;
            X509Certificate2Collection all =
                pem ? [] : X509CertificateLoader.LoadPkcs12CollectionFromFile(file, options.CertificatePassword);
            if (pem)
            {
                all.ImportFromPemFile(file);
            }

            X509Certificate2 own = pem ? LoadPem(options)
                : all.FirstOrDefault(one => one.HasPrivateKey) ?? throw new CryptographicException("It has no private key.");
            between?.AddRange(all.Where(one => one.Thumbprint != own.Thumbprint).ToArray());
            return own;
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // An argument is wrong where the key is another certificate's.
            throw new StartException($"The certificate {file} can't be used: {error.Message}", error);
        }
    }

    /// <summary>Whether clients take it now and for a while.</summary>
    public bool IsFresh(X509Certificate2 certificate)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        return certificate.NotAfter.ToUniversalTime() - now > s_renewBefore && certificate.NotBefore.ToUniversalTime() <= now;
    }

    /// <summary>The kept certificate where it still serves all of these names, else a new one, kept from now on.</summary>
    public X509Certificate2 LoadOrCreate(IReadOnlyCollection<string> names, out bool created)
    {
        IReadOnlyList<string> known = [];
        if (TryLoad() is { } kept)
        {
            known = NamesOf(kept);
            if (IsFresh(kept) && names.All(name => known.Contains(name, StringComparer.OrdinalIgnoreCase)))
            {
                created = false;
                return kept;
            }

            kept.Dispose();
        }

        created = true;
        byte[] pfx = Create([.. names.Concat(known).Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxNames)]);
        Keep(pfx);
        return X509CertificateLoader.LoadPkcs12(pfx, null);
    }

    /// <summary>localhost, the machine's name, its name in mDNS, and every address it has.</summary>
    public static IReadOnlyList<string> NamesOfThisMachine(IEnumerable<string> further)
    {
        string host = Dns.GetHostName();
        IEnumerable<string> names =
            ["localhost", "127.0.0.1", "::1", host, host.Contains('.', StringComparison.Ordinal) ? host : host + ".local"];
        return
        [
            .. names.Concat(LocalAddresses.List().Select(address => address.ToString())).Concat(further)
                .Distinct(StringComparer.OrdinalIgnoreCase)
        ];
    }

    private static X509Certificate2 LoadPem(HttpOptions options)
    {
        string file = options.CertificateFile!;
        string keyFile = options.CertificateKeyFile ?? file;
        using X509Certificate2 read = options.CertificatePassword is { } password
            ? X509Certificate2.CreateFromEncryptedPemFile(file, password, keyFile)
            : X509Certificate2.CreateFromPemFile(file, keyFile);

        // A key that came from PEM is ephemeral, which Windows' TLS can't use; through PKCS#12 it works everywhere.
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
    }

    private static List<string> NamesOf(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (X509SubjectAlternativeNameExtension extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            names.AddRange(extension.EnumerateDnsNames());
            names.AddRange(extension.EnumerateIPAddresses().Select(address => address.ToString()));
        }

        return names;
    }

    private X509Certificate2? TryLoad()
    {
        try
        {
            return File.Exists(Path) ? X509CertificateLoader.LoadPkcs12FromFile(Path, null) : null;
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            // A damaged file is replaced like an old one.
            return null;
        }
    }

    private byte[] Create(IReadOnlyList<string> names)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(SubjectName, key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (string name in names)
        {
            if (IPAddress.TryParse(name, out IPAddress? address))
            {
                alternatives.AddIpAddress(address);
            }
            else if (Uri.CheckHostName(name) == UriHostNameType.Dns)
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        DateTimeOffset now = clock.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddHours(-1), now + s_lifetime);
        return certificate.Export(X509ContentType.Pkcs12);
    }

    /// <summary>
    /// Written beside and renamed, readable by the owner alone: a crash or a full disk leaves the old file or the new one.
    /// </summary>
    private void Keep(byte[] pfx)
    {
        string beside = $"{Path}.{Environment.ProcessId}";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(directory);
            }
            else
            {
                Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var file = new FileStream(beside, options))
            {
                file.Write(pfx);
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, Path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Where the folder is what could not be made there is no file either, and to delete it would be the next error.
            if (File.Exists(beside))
            {
                File.Delete(beside);
            }

            throw new StartException(
                $"The certificate can't be kept in {directory}: {error.Message} (Http:StateDirectory names another place, "
                    + "--no-tls does without)",
                error);
        }
    }
}
