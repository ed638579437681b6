using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rtc.Cluster.Tables;

/// <summary>
/// What all nodes of a cluster show each other, and take nothing else: a certificate with its key that the first of them made and the
/// database holds.
/// </summary>
internal static class ClusterCertificate
{
    public const string Name = "rtc-cluster";

    private static readonly TimeSpan s_clocks = TimeSpan.FromDays(1);
    private const int Years = 50;

    public static async Task<X509Certificate2> FindAsync(ClusterDatabase database, TimeProvider time)
    {
        byte[] made = Make(time.GetUtcNow());
        byte[] kept = await database.RunAsync(async command =>
        {
            command.Parameters.AddWithValue("certificate", made);
            command.CommandText =
                "INSERT INTO cluster_certificates (cluster_id, certificate) VALUES (@cluster, @certificate) ON CONFLICT DO NOTHING";
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            command.CommandText = "SELECT certificate FROM cluster_certificates WHERE cluster_id = @cluster";
            return (byte[])(await command.ExecuteScalarAsync().ConfigureAwait(false))!;
        }).ConfigureAwait(false);
        return X509CertificateLoader.LoadPkcs12(kept, password: null);
    }

    /// <summary>Whether the other side has shown the very same.</summary>
    public static bool IsSame(X509Certificate2 own, X509Certificate2? shown) =>
        shown is not null && CryptographicOperations.FixedTimeEquals(shown.RawData, own.RawData);

    private static byte[] Make(DateTimeOffset now)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + Name, key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(now - s_clocks, now.AddYears(Years));
        return certificate.Export(X509ContentType.Pkcs12);
    }
}
