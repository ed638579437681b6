using Rtc.Peer.Primitives;
using Rtc.Peer.Stun;
using Xunit;

namespace Rtc.Peer.Tests.Stun;

public sealed class StunMalformedTests
{
    public static TheoryData<byte[]> Samples => new(Rfc5769Tests.Request, Rfc5769Tests.ResponseIPv4, Rfc5769Tests.ResponseIPv6);

    [Theory]
    [MemberData(nameof(Samples))]
    public void No_truncation_is_taken_for_a_message(byte[] sample)
    {
        for (int length = 0; length < sample.Length; length++)
        {
            Assert.False(StunView.TryParse(sample.AsSpan(0, length), out _), $"{length} bytes");
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_flipped_bit_is_noticed(byte[] sample)
    {
        for (int bit = 0; bit < sample.Length * 8; bit++)
        {
            byte[] broken = [.. sample];
            broken[bit / 8] ^= (byte)(1 << (bit % 8));
            bool passes = StunView.TryParse(broken, out StunView message) && message.VerifyFingerprint();
            Assert.False(passes, $"bit {bit}");
        }
    }

    [Fact]
    public void Attribute_behind_fingerprint_is_refused()
    {
        byte[] message = [.. Rfc5769Tests.ResponseIPv4, 0x80, 0x22, 0, 0];
        message[3] += 4;
        Assert.False(StunView.TryParse(message, out _));
    }

    [Fact]
    public void Attribute_behind_integrity_is_not_seen()
    {
        byte[] buffer = new byte[StunView.MaxMessageBytes];
        var writer = new StunWriter(buffer, StunMessageType.BindingRequest, new TransactionId(3, 4));
        writer.Add(StunAttribute.MessageIntegrity, new byte[20]);
        writer.Add(StunAttribute.UseCandidate, default(ReadOnlySpan<byte>));
        int length = writer.Finish(default);
        Assert.True(StunView.TryParse(buffer.AsSpan(0, length), out StunView message));
        Assert.False(message.Has(StunAttribute.UseCandidate));
    }

    [Fact]
    public void Mutated_messages_never_throw()
    {
        const int Seed = 20240611;
        var random = new Random(Seed);
        byte[][] corpus = [Rfc5769Tests.Request, Rfc5769Tests.ResponseIPv4, Rfc5769Tests.ResponseIPv6];
        for (int i = 0; i < Fuzz.Inputs(100_000); i++)
        {
            byte[] input = Fuzz.Mutate(corpus[random.Next(corpus.Length)], random);
            if (StunView.TryParse(input, out StunView message))
            {
                _ = message.VerifyFingerprint();
                _ = message.Type;
                _ = message.TryGetMappedAddress(TransportProtocol.Udp, out _);
                _ = message.TryGetErrorCode(out _);
                _ = message.TryGetUnknownRequired(out _);
                _ = message.TryGetUInt64(StunAttribute.IceControlling, out _);
                _ = StunUsername.TrySplit(message, out _, out _);
                if (i % 16 == 0)
                {
                    _ = message.VerifyIntegrity("key"u8);
                }
            }
        }
    }
}
