using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rtc.Server.Options;
using Rtc.Server.Startup;

namespace Rtc.Server.Certificates;

/// <summary>
/// What HTTPS shows: the certificate and those between it and its root. An operator's file that was replaced is read again,
/// and a certificate of our own is made anew before its end, so that a server which runs for months needs no restart.
/// </summary>
internal sealed partial class ServedCertificate : IDisposable
{
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(1);

    private readonly HttpOptions _options;
    private readonly CertificateStore _store;
    private volatile SslStreamCertificateContext _context;
    private string _read;
    private string? _said;
    private ITimer? _timer;

    public ServedCertificate(HttpOptions options, TimeProvider clock)
    {
        _options = options;
        _store = new CertificateStore(RtcPaths.StateDirectory(options.StateDirectory), clock);

        // Before the file itself: what is replaced in the meantime is read once more.
        _read = ContentHash();
        _context = Load(out bool made);
        IsNew = made;
    }

    /// <summary>Whether this start made it.</summary>
    public bool IsNew { get; }

    public X509Certificate2 Certificate => _context.TargetCertificate;

    /// <summary>For the next handshake; one that has begun keeps what it began with.</summary>
    public SslStreamCertificateContext Context() => _context;

    /// <summary>Looks every minute whether there is a newer one, until this is disposed.</summary>
    public void Watch(TimeProvider time, ILogger log) => _timer = time.CreateTimer(_ => Look(log), null, s_every, s_every);

    /// <summary>One that can't be used leaves the old one in its place, and is said once.</summary>
    internal void Look(ILogger log)
    {
        try
        {
            string now = ContentHash();
            if (_options.CertificateFile is null ? _store.IsFresh(Certificate) : now == _read)
            {
                return;
            }

            _read = now;
            _context = Load(out _);
            _said = null;
            string fingerprint = CertificateStore.FingerprintOf(Certificate);
            DateTime end = Certificate.NotAfter.ToUniversalTime();
            LogReplaced(log, fingerprint, end);
        }
        catch (StartException error)
        {
            if (_said != error.Message)
            {
                _said = error.Message;
                LogKept(log, error.Message);
            }
        }
    }

    /// <summary>The certificates that were served before are left to the collector: handshakes may be at work with them.</summary>
    public void Dispose() => _timer?.Dispose();

    private SslStreamCertificateContext Load(out bool made)
    {
        made = false;
        X509Certificate2Collection between = [];
        X509Certificate2 own = _options.CertificateFile is null
            ? _store.LoadOrCreate(CertificateStore.NamesOfThisMachine(_options.CertificateNames), out made)
            : CertificateStore.LoadFile(_options, between);

        // Nothing is fetched from addresses that a certificate names: a start waits for no network.
        return SslStreamCertificateContext.Create(own, between, offline: true);
    }

    /// <summary>By content and not by time: what is mounted or linked is replaced behind the same link.</summary>
    private string ContentHash() => string.Concat(
        new[] { _options.CertificateFile, _options.CertificateKeyFile }.OfType<string>().Select(HashOf));

    private static string HashOf(string file)
    {
        try
        {
            return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What reads the certificate says what is wrong.
            return error.Message;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "HTTPS has a new certificate, SHA-256 {Fingerprint}, valid until {End:u}")]
    private static partial void LogReplaced(ILogger log, string fingerprint, DateTime end);

    [LoggerMessage(Level = LogLevel.Warning, Message = "HTTPS keeps its certificate, since a newer one can't be had: {Reason}")]
    private static partial void LogKept(ILogger log, string reason);
}
