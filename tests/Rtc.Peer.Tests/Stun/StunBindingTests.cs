using System.Net;
using Rtc.Peer.Stun;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Stun;

public sealed class StunBindingTests
{
    /// <summary>203.0.113.5:8444 in the form of RFC 8489 section 14.2.</summary>
    private static readonly byte[] s_mapped =
        [0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0x20 ^ 0x21, 0xFC ^ 0x12, 203 ^ 0x21, 0 ^ 0x12, 113 ^ 0xA4, 5 ^ 0x42];

    private readonly StunBinding _binding = new(new SeededRandom(8489));

    [Fact]
    public void Request_is_a_bare_header()
    {
        Assert.Equal([0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xA4, 0x42], _binding.Request[..8].ToArray());
        Assert.Equal(20, _binding.Request.Length);
    }

    [Fact]
    public void Whole_answer_to_this_request_gives_the_address()
    {
        Assert.True(_binding.TryReadAnswer(Answer(), out IPEndPoint? seen));
        Assert.Equal("203.0.113.5:8444", seen.ToString());
    }

    [Fact]
    public void Answers_to_other_requests_and_cut_ones_are_refused()
    {
        byte[] good = Answer();
        Assert.False(new StunBinding(new SeededRandom(1)).TryReadAnswer(good, out _));
        for (int length = 0; length < good.Length; length++)
        {
            Assert.False(_binding.TryReadAnswer(good.AsSpan(0, length), out _), $"{length} bytes");
        }

        var random = new Random(8489);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = (byte[])good.Clone();
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            _binding.TryReadAnswer(changed, out _);
        }
    }

    private byte[] Answer() =>
        [0x01, 0x01, 0x00, (byte)s_mapped.Length, 0x21, 0x12, 0xA4, 0x42, .. _binding.Request[8..].Span, .. s_mapped];
}
