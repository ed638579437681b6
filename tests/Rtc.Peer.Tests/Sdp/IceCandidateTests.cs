using Rtc.Peer.Sdp;
using Xunit;

namespace Rtc.Peer.Tests.Sdp;

public sealed class IceCandidateTests
{
    [Theory]
    [InlineData("candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host")]
    [InlineData("candidate:a+/ 1 tcp 1518214911 192.0.2.2 9 typ host tcptype active")]
    [InlineData("candidate:3 1 udp 1 2001:db8::1 65535 typ srflx raddr 10.0.0.1 rport 4444")]
    [InlineData("candidate:4 1 udp 1 198.51.100.7 1 typ relay raddr 0.0.0.0 rport 0 ufrag abcd")]
    [InlineData("candidate:5 1 udp 1 0b2b2d5c-1c29-4f5b-9f5e-f6f1a5f90d1c.local 5353 typ host")]
    public void Line_survives_reading_and_writing(string line)
    {
        Assert.True(IceCandidate.TryParse("a=" + line, out IceCandidate candidate));
        Assert.Equal(line, candidate.ToString());
        Assert.True(
            IceCandidate.TryParse(
                line.Replace(" udp ", " UDP ", StringComparison.Ordinal) + " generation 0 network-id 1", out IceCandidate again));
        Assert.Equal(candidate, again);
        Assert.Equal(line.Contains(".local", StringComparison.Ordinal), candidate.Transport is null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("candidate:")]
    [InlineData("candidate:1 1 udp 2130706431 192.0.2.1 5000 typ")]
    [InlineData("candidate:1 1 udp 2130706431 192.0.2.1 65536 typ host")]
    [InlineData("candidate:1 1 udp 4294967296 192.0.2.1 5000 typ host")]
    [InlineData("candidate:1 0 udp 1 192.0.2.1 5000 typ host")]
    [InlineData("candidate:1 1 sctp 1 192.0.2.1 5000 typ host")]
    [InlineData("candidate:1 1 udp -1 192.0.2.1 5000 typ host")]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 5000 typ cloud")]
    public void Malformed_line_is_refused(string line) => Assert.False(IceCandidate.TryParse(line, out _));

    [Theory]
    [InlineData("candidate:1 1 sctp 1 192.0.2.1 5000 typ host", true)]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 5000 typ cloud", true)]
    [InlineData("candidate:1 1 sctp 1 192.0.2.1 5000 typ", false)]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 65536 typ cloud", false)]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 5000 typ host", false)]
    public void Unknown_kind_is_told_from_nonsense(string line, bool unknown)
    {
        bool parsed = IceCandidate.TryParse(line, out _, out bool isOfUnknownKind);
        Assert.False(parsed && isOfUnknownKind);
        Assert.Equal(unknown, isOfUnknownKind);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("fe80::1%lo")]
    [InlineData("256.1.1.1")]
    public void Odd_host_has_no_address(string host)
    {
        Assert.True(IceCandidate.TryParse($"candidate:1 1 udp 1 {host} 5000 typ host", out IceCandidate candidate));
        Assert.Null(candidate.Transport);
    }
}
