using System.Buffers.Binary;
using Rtc.Peer.Dtls;
using Rtc.Peer.Srtp;
using Xunit;

namespace Rtc.Peer.Tests.Dtls;

public sealed class DtlsTransportTests : IDisposable
{
    private readonly DtlsIdentity _clientIdentity = DtlsIdentity.Create();
    private readonly DtlsIdentity _serverIdentity = DtlsIdentity.Create();

    public void Dispose()
    {
        _clientIdentity.Dispose();
        _serverIdentity.Dispose();
    }

    [Fact]
    public void Both_sides_get_the_same_keys_and_the_first_profile()
    {
        using DtlsTransport client = Client();
        using DtlsTransport server = Server();
        Shake(client, server);
        SrtpKeys ours = client.ExportSrtpKeys()!;
        SrtpKeys theirs = server.ExportSrtpKeys()!;
        Assert.Equal(SrtpProfile.AeadAes128Gcm, ours.Profile);
        Assert.Equal(ours.Local.Key, theirs.Remote.Key);
        Assert.Equal(ours.Remote.Salt, theirs.Local.Salt);
        Assert.NotEqual(ours.Local.Key, ours.Remote.Key);
        Assert.StartsWith("ECDHE-ECDSA-", client.CipherName, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_ciphers_that_are_forward_secret_and_authenticated_are_offered()
    {
        using DtlsTransport client = Client();
        client.Start(default);
        Assert.True(client.Outbox.TryTake(out ReadOnlyMemory<byte> hello, out _));
        ushort[] suites =
        [
            .. Enumerable.Range(0, CipherSuites(hello.Span, out int at))
                .Select(i => BinaryPrimitives.ReadUInt16BigEndian(hello.Span[(at + (2 * i))..]))
        ];

        // ECDHE-ECDSA and ECDHE-RSA with AES-GCM or ChaCha20-Poly1305 (RFC 5289, RFC 7905), and the word that there is no renegotiation.
        Assert.All(suites, suite => Assert.Contains(suite, (ushort[])[0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8, 0xCCA9, 0x00FF]));
        Assert.Contains((ushort)0xC02B, suites);
    }

    [Theory]
    [InlineData(0xC009)] // ECDHE_ECDSA_WITH_AES_128_CBC_SHA
    [InlineData(0x009C)] // RSA_WITH_AES_128_GCM_SHA256: no forward secrecy
    [InlineData(0x0001)] // RSA_WITH_NULL_MD5
    public void Client_with_other_cipher_suites_alone_is_refused(ushort suite)
    {
        using DtlsTransport client = Client();
        using DtlsTransport server = Server();
        client.Start(default);
        server.Start(default);
        Assert.True(client.Outbox.TryTake(out ReadOnlyMemory<byte> taken, out _));
        byte[] hello = taken.ToArray();
        int count = CipherSuites(hello, out int at);
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(hello.AsSpan(at + (2 * i)), suite);
        }

        server.TryReceive(default, hello);
        Assert.Equal(DtlsState.Failed, server.State);
    }

    /// <summary>A hello with post-quantum key shares is longer than a datagram.</summary>
    [Fact]
    public void Hello_in_two_fragments_begins_the_handshake()
    {
        const int Header = 13, MessageHeader = 12;
        using DtlsTransport client = Client();
        using DtlsTransport server = Server();
        client.Start(default);
        server.Start(default);
        Assert.True(client.Outbox.TryTake(out ReadOnlyMemory<byte> taken, out _));
        byte[] hello = taken.ToArray();
        int length = hello.Length - Header - MessageHeader, half = length / 2;
        foreach ((int from, int count, byte number) in ((int, int, byte)[])[(0, half, 0), (half, length - half, 60)])
        {
            byte[] part = [.. hello[..(Header + MessageHeader)], .. hello.AsSpan(Header + MessageHeader + from, count)];
            part[10] = number;
            BinaryPrimitives.WriteUInt16BigEndian(part.AsSpan(11), (ushort)(MessageHeader + count));
            BinaryPrimitives.WriteUInt16BigEndian(part.AsSpan(Header + 7), (ushort)from);
            BinaryPrimitives.WriteUInt16BigEndian(part.AsSpan(Header + 10), (ushort)count);
            Assert.True(server.TryReceive(default, part));
        }

        Exchange(client, server);
        Assert.Equal((DtlsState.Connected, DtlsState.Connected), (client.State, server.State));
    }

    [Fact]
    public void A_message_is_one_datagram_and_arrives_whole()
    {
        using DtlsTransport client = Client();
        using DtlsTransport server = Server();
        Shake(client, server);
        byte[] message = new byte[1150];
        new Random(3).NextBytes(message);
        Assert.True(client.TryWrite(message));
        Assert.True(client.TryWrite("two"u8));
        Assert.Equal(2, client.Outbox.Count);
        byte[] buffer = new byte[2048];
        Assert.True(client.Outbox.TryTake(out ReadOnlyMemory<byte> datagram, out _));
        server.TryReceive(default, datagram.Span);
        Assert.True(server.TryRead(buffer, out int length));
        Assert.Equal(message, buffer[..length]);
        Assert.False(server.TryRead(buffer, out _));
    }

    [Fact]
    public void Certificate_of_another_fingerprint_ends_the_handshake_at_both_ends()
    {
        using DtlsTransport client = Client();
        using var server = new DtlsTransport(
            _serverIdentity, isClient: false, [new CertificateFingerprint("sha-256", _serverIdentity.Sha256Fingerprint)],
            virtualTime: true);
        client.Start(default);
        Exchange(client, server);
        Assert.Equal(DtlsState.Failed, server.State);
        Assert.Contains("fingerprint", server.FailureReason, StringComparison.Ordinal);
        Assert.Equal(DtlsState.Failed, client.State);
        Assert.Null(server.ExportSrtpKeys());
    }

    [Theory]
    [InlineData("sha-1")]
    [InlineData("md5")]
    [InlineData("sha-999")]
    public void A_weak_or_unknown_hash_is_no_fingerprint(string algorithm) =>
        Assert.False(new CertificateFingerprint(algorithm, _serverIdentity.Sha256Fingerprint).Matches([1, 2, 3]));

    [Fact]
    public void Close_is_heard_by_the_other_side()
    {
        using DtlsTransport client = Client();
        using DtlsTransport server = Server();
        Shake(client, server);
        client.Close();
        Exchange(client, server);
        Assert.False(server.TryRead(new byte[100], out _));
        Assert.Equal(DtlsState.Closed, server.State);
    }

    [Fact]
    public void A_silent_other_side_is_given_up_after_bounded_effort()
    {
        using DtlsTransport client = Client();
        client.Start(default);
        int datagrams = 0;
        for (int turns = 0; client.State == DtlsState.Handshaking; turns++)
        {
            Assert.True(turns < 100);
            while (client.Outbox.TryTake(out _, out _))
            {
                datagrams++;
            }

            client.Advance(client.NextDeadline);
        }

        Assert.Equal(DtlsState.Failed, client.State);
        Assert.InRange(datagrams, 5, 40);
    }

    /// <summary>OpenSSL 3.0 gives the association up for an encrypted record that is shorter than nonce and tag.</summary>
    [Fact]
    public void One_short_forged_record_does_not_end_the_association()
    {
        using DtlsTransport client = Client();
        using DtlsTransport server = Server();
        Shake(client, server);
        for (int length = 1; length < 40; length++)
        {
            byte[] forged = new byte[DtlsRecords.HeaderLength + length];
            Convert.FromHexString("17FEFD000100000000830000").CopyTo(forged, 0);
            forged[12] = (byte)length;
            if (server.TryReceive(default, forged))
            {
                Assert.False(server.TryRead(new byte[100], out _));
            }
        }

        Assert.True(client.TryWrite("good"u8));
        Assert.True(client.Outbox.TryTake(out ReadOnlyMemory<byte> datagram, out _));
        server.TryReceive(default, datagram.Span);
        Assert.True(server.TryRead(new byte[100], out _));
    }

    [Fact]
    public void Mutated_records_neither_throw_nor_pass()
    {
        const int Seed = 404;
        var random = new Random(Seed);
        byte[][] corpus = Record();
        byte[] buffer = new byte[2048];
        for (int taken = 0; taken < Fuzz.Inputs(2_000);)
        {
            using DtlsTransport server = Server();
            server.Start(default);
            for (int i = 0; i < 50 && server.State == DtlsState.Handshaking; i++, taken++)
            {
                byte[] input = Fuzz.Mutate(corpus[random.Next(corpus.Length)], random);
                if (server.TryReceive(default, input))
                {
                    _ = server.TryRead(buffer, out _);
                }
            }

            Assert.NotEqual(DtlsState.Connected, server.State);
        }
    }

    [Fact]
    public void Garbage_after_the_handshake_changes_nothing()
    {
        const int Seed = 405;
        var random = new Random(Seed);
        using DtlsTransport client = Client();
        using DtlsTransport server = Server();
        Shake(client, server);
        byte[] buffer = new byte[2048];
        Assert.True(client.TryWrite("good"u8));
        Assert.True(client.Outbox.TryTake(out ReadOnlyMemory<byte> datagram, out _));
        byte[] good = datagram.ToArray();
        for (int i = 0; i < Fuzz.Inputs(20_000); i++)
        {
            byte[] input = Fuzz.Mutate(good, random);
            if (!input.AsSpan().StartsWith(good) && server.TryReceive(default, input))
            {
                Assert.False(server.TryRead(buffer, out _), $"mutation {i} of seed {Seed} passed");
                Assert.True(
                    server.State == DtlsState.Connected,
                    $"{server.FailureReason}: {Convert.ToHexString(input)} from {Convert.ToHexString(good)}");
            }
        }

        server.TryReceive(default, good);
        Assert.True(server.TryRead(buffer, out int length));
        Assert.Equal("good"u8.ToArray(), buffer[..length]);
    }

    /// <summary>How many suites a ClientHello lists, and from where (RFC 6347 section 4.2, RFC 5246 section 7.4.1.2).</summary>
    private static int CipherSuites(ReadOnlySpan<byte> hello, out int at)
    {
        const int RecordAndMessageHeader = 25;
        Assert.Equal((22, 1), (hello[0], hello[13]));
        at = RecordAndMessageHeader + 2 + 32;
        at += 1 + hello[at]; // session
        at += 1 + hello[at]; // cookie
        int length = BinaryPrimitives.ReadUInt16BigEndian(hello[at..]);
        at += 2;
        return length / 2;
    }

    private DtlsTransport Client() =>
        new(_clientIdentity, isClient: true, [new CertificateFingerprint("sha-256", _serverIdentity.Sha256Fingerprint)], virtualTime: true);

    private DtlsTransport Server() =>
        new(
            _serverIdentity, isClient: false, [new CertificateFingerprint("sha-256", _clientIdentity.Sha256Fingerprint)],
            virtualTime: true);

    private byte[][] Record()
    {
        using DtlsTransport client = Client();
        using DtlsTransport server = Server();
        client.Start(default);
        var recorded = new List<byte[]>();
        Exchange(client, server, recorded);
        return [.. recorded];
    }

    private static void Shake(DtlsTransport client, DtlsTransport server)
    {
        client.Start(default);
        server.Start(default);
        Exchange(client, server);
        Assert.Equal(DtlsState.Connected, client.State);
        Assert.Equal(DtlsState.Connected, server.State);
    }

    private static void Exchange(DtlsTransport client, DtlsTransport server, List<byte[]>? recorded = null)
    {
        bool any = true;
        while (any)
        {
            any = false;
            while (client.Outbox.TryTake(out ReadOnlyMemory<byte> datagram, out _))
            {
                any = true;
                recorded?.Add(datagram.ToArray());
                server.TryReceive(default, datagram.Span);
            }

            while (server.Outbox.TryTake(out ReadOnlyMemory<byte> datagram, out _))
            {
                any = true;
                client.TryReceive(default, datagram.Span);
            }
        }
    }
}
