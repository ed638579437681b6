using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rtc.Cluster.Tests.Nodes;

/// <summary>Who may speak to a node's silo.</summary>
public sealed class SiloTlsTests(NodePair pair) : IClassFixture<NodePair>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Nodes_show_each_other_one_certificate()
    {
        await NodePair.UntilAsync(() => pair.Nodes.All(node => node.Nodes.Count == 2));
        Assert.Equal("room:asked", await pair.Nodes[0].AskAsync("b", new("echo", "room", "asked")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stranger_is_not_let_in_with_no_certificate_or_one_of_its_own(bool hasOne)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 forged = new CertificateRequest("CN=rtc-cluster", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
        using var stranger = new TcpClient();
        await stranger.ConnectAsync(pair.Nodes[0].Self.Silo!);
        await using var tls = new SslStream(stranger.GetStream());
        Exception? refused = await Record.ExceptionAsync(async () =>
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "rtc-cluster",
                ClientCertificates = hasOne ? [forged] : [],
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == forged.Subject,
            }).WaitAsync(s_patience);

            // With TLS 1.3 the other side's refusal comes with the first thing that is read.
            if (await tls.ReadAsync(new byte[1]).AsTask().WaitAsync(s_patience) == 0)
            {
                throw new IOException("closed");
            }
        });
        Assert.True(refused is AuthenticationException or IOException, refused?.ToString() ?? "it was let in");
    }
}
