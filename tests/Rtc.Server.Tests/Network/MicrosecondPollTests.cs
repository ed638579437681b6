using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Rtc.Server.Network;

namespace Rtc.Server.Tests.Network;

public sealed class MicrosecondPollTests : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public MicrosecondPollTests() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    private readonly WakeSignal _wake = new();

    public void Dispose()
    {
        _socket.Dispose();
        _wake.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(400)]
    [InlineData(1700)]
    [InlineData(20_000)]
    public void It_waits_as_long_as_it_was_told_and_not_shorter(int microseconds)
    {
        long began = Stopwatch.GetTimestamp();
        Assert.False(MicrosecondPoll.ForDatagram(_socket, _wake, TimeSpan.FromMicroseconds(microseconds)));
        Assert.True(Stopwatch.GetElapsedTime(began).TotalMicroseconds >= microseconds);
    }

    [Fact]
    public void A_datagram_ends_the_wait()
    {
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.SendTo([1, 2, 3], _socket.LocalEndPoint!);
        long began = Stopwatch.GetTimestamp();
        Assert.True(MicrosecondPoll.ForDatagram(_socket, _wake, TimeSpan.FromSeconds(60)));
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30));
        _socket.Receive(new byte[8]);
        Assert.False(MicrosecondPoll.ForDatagram(_socket, _wake, TimeSpan.Zero));
    }

    [Fact]
    public void A_wake_ends_one_wait_without_a_datagram()
    {
        _wake.Set();
        _wake.Set();
        long began = Stopwatch.GetTimestamp();
        Assert.False(MicrosecondPoll.ForDatagram(_socket, _wake, TimeSpan.FromSeconds(60)));
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30));
        began = Stopwatch.GetTimestamp();
        Assert.False(MicrosecondPoll.ForDatagram(_socket, _wake, TimeSpan.FromMilliseconds(5)));
        Assert.True(Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(5));
    }

    [Fact]
    public void A_wake_that_cannot_be_sent_is_none_and_throws_nothing()
    {
        var gone = new WakeSignal();
        gone.Dispose();
        gone.Set();
    }
}
