using System.Net;
using System.Net.Sockets;
using Rtc.Server.Startup;

namespace Rtc.Server.Tests.Startup;

public sealed class PortProbeTests
{
    [Fact]
    public void Port_taken_on_IPv4_is_named_where_every_address_is_listened_on()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "no IPv6 here");
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Any, 0));
        holder.Listen();
        int port = ((IPEndPoint)holder.LocalEndPoint!).Port;

        string? error = PortProbe.Error(IPAddress.IPv6Any, port, ProtocolType.Tcp, "--port");

        Assert.Equal($"TCP port {port} is taken by another program; choose another one with --port", error);
    }
}
