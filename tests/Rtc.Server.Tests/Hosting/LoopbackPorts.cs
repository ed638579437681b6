using System.Net;
using System.Net.Sockets;

namespace Rtc.Server.Tests.Hosting;

/// <summary>TCP ports of this machine, for programs that a test starts and that cannot choose one themselves.</summary>
internal static class LoopbackPorts
{
    private static readonly TimeSpan s_betweenTries = TimeSpan.FromMilliseconds(50);

    /// <summary>One that is free now.</summary>
    public static int Free()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Comes back once something listens; false where <paramref name="hasEnded"/> says that nothing will.</summary>
    public static async Task<bool> UntilListeningAsync(int port, Func<bool> hasEnded, CancellationToken patience)
    {
        while (!hasEnded())
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port, patience);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(s_betweenTries, patience);
            }
        }

        return false;
    }
}
