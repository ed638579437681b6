using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Xunit;

namespace Rtc.EndToEnd.Tests;

/// <summary>A TURN relay on loopback, Debian's coturn, for clients that may not go straight to the server.</summary>
internal sealed class Coturn : IDisposable
{
    public const string User = "guest";
    public const string Password = "secret";

    private readonly Process _process;

    private Coturn(int port, Process process)
    {
        Url = string.Create(CultureInfo.InvariantCulture, $"turn:127.0.0.1:{port}?transport=udp");
        _process = process;
    }

    public string Url { get; }

    public static async Task<Coturn> StartAsync()
    {
        int port = ServerProcess.FreePort();
        var start = new ProcessStartInfo("turnserver") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])
        [
            "-n", "--listening-port", $"{port}", "--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1", "--allow-loopback-peers",
            "--no-tls", "--no-dtls",
            "--lt-cred-mech", "--realm", "test", "--user", $"{User}:{Password}", "--no-cli", "--log-file", "stdout", "--pidfile",
            Path.Combine(Path.GetTempPath(), $"turn-{port}.pid"),
        ])
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var turn = new Coturn(port, process);

        // It listens on TCP as well, and there it can be seen to be up.
        for (long began = Stopwatch.GetTimestamp(); !await AnswersAsync(port); await Task.Delay(50))
        {
            if (Stopwatch.GetElapsedTime(began) > Patience.Time)
            {
                turn.Dispose();
                Assert.Fail("coturn did not start");
            }
        }

        return turn;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
