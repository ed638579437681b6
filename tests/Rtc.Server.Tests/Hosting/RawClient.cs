using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rtc.Server.Tests.Hosting;

/// <summary>A connection to the host on which a test says exactly what it wants, from a loopback address that it chooses.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly TcpClient _tcp;

    private RawClient(TcpClient tcp) => _tcp = tcp;

    public static async Task<RawClient> ConnectAsync(int port, string from = "127.0.0.1")
    {
        var tcp = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        await tcp.ConnectAsync(IPAddress.Loopback, port);
        return new RawClient(tcp);
    }

    public static Task<RawClient> ConnectAsync(RunningHost host, string from = "127.0.0.1") =>
        ConnectAsync(host.Client.BaseAddress!.Port, from);

    /// <summary>A connection that the server has closed already takes nothing; what it said shows that.</summary>
    public async Task SendAsync(string text)
    {
        try
        {
            await _tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
        }
        catch (IOException)
        {
        }
    }

    /// <summary>What has come when the text was seen, or when the server ended the connection.</summary>
    public async Task<string> ReadUntilAsync(string? end)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        try
        {
            for (int read; (read = await _tcp.GetStream().ReadAsync(buffer).AsTask().WaitAsync(s_patience)) > 0;)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
                if (end is not null && text.ToString().Contains(end, StringComparison.Ordinal))
                {
                    break;
                }
            }
        }
        catch (IOException)
        {
            // A reset is an end too.
        }

        return text.ToString();
    }

    /// <summary>The head of an answer, and with it that the connection was let in; empty where it was closed.</summary>
    public Task<string> HeadAsync() => ReadUntilAsync("\r\n\r\n");

    public void Dispose() => _tcp.Dispose();
}
