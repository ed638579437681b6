using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Limits;

public sealed class HostileConnectionTests
{
    private static readonly RtcOptions s_impatient =
        RunningHost.Options with { Limits = RunningHost.Options.Limits with { HandshakeSeconds = 2 } };

    [Fact]
    public async Task Two_hundred_headers_that_never_end_are_cut_off_while_others_are_served()
    {
        await using RunningHost host = await RunningHost.StartAsync(s_impatient);
        var sockets = new List<TcpClient>();
        for (int i = 0; i < 200; i++)
        {
            var tcp = new TcpClient();
            await tcp.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress!.Port);
            await tcp.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "u8.ToArray());
            sockets.Add(tcp);
        }

        long began = Stopwatch.GetTimestamp();
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/api/health/live")).StatusCode);
        TimeSpan served = Stopwatch.GetElapsedTime(began);
        string[] answers = await Task.WhenAll(sockets.Select(ReadToEndAsync)).WaitAsync(TimeSpan.FromSeconds(20));
        sockets.ForEach(tcp => tcp.Dispose());

        Assert.All(
            answers, answer => Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408", StringComparison.Ordinal), answer));
        Assert.True(served < TimeSpan.FromSeconds(2), $"served after {served}");
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_there_is_room_again_after()
    {
        await using RunningHost host = await RunningHost.StartAsync(
            RunningHost.Options with { Limits = RunningHost.Options.Limits with { MaxConnections = 8 } });
        var sockets = new List<TcpClient>();
        for (int i = 0; i < 8; i++)
        {
            var tcp = new TcpClient();
            await tcp.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress!.Port);
            await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /api/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            Assert.True(await tcp.GetStream().ReadAsync(new byte[512]) > 0);
            sockets.Add(tcp);
        }

        using (var ninth = new TcpClient())
        {
            await ninth.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress!.Port);
            Assert.Equal(string.Empty, await ReadToEndAsync(ninth).WaitAsync(TimeSpan.FromSeconds(10)));
        }

        sockets.ForEach(tcp => tcp.Dispose());
        HttpResponseMessage? served = null;
        for (int attempt = 0; attempt < 200 && served is null; attempt++)
        {
            try
            {
                served = await host.Client.GetAsync("/api/health/live");
            }
            catch (HttpRequestException)
            {
                // The server has not yet seen the eight go.
                await Task.Yield();
            }
        }

        Assert.Equal(HttpStatusCode.OK, served?.StatusCode);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nX: LONG\r\n\r\n", 40_000, "431")]
    [InlineData("GET /LONG HTTP/1.1\r\nHost: localhost\r\n\r\n", 8_000, "414")]
    [InlineData("GET / HTTP/1.1\r\n\r\nLONG", 1, "400")]
    [InlineData("NONSENSE\r\n\r\nLONG", 1, "400")]
    public async Task Requests_that_are_too_long_or_none_are_refused(string request, int length, string status)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress!.Port);
        await tcp.GetStream()
            .WriteAsync(Encoding.ASCII.GetBytes(request.Replace("LONG", new string('x', length), StringComparison.Ordinal)));

        Assert.StartsWith($"HTTP/1.1 {status}", await ReadToEndAsync(tcp).WaitAsync(TimeSpan.FromSeconds(10)), StringComparison.Ordinal);
    }

    private static async Task<string> ReadToEndAsync(TcpClient tcp)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[1024];
        try
        {
            for (int read; (read = await tcp.GetStream().ReadAsync(buffer)) > 0;)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // A reset is an end too.
        }

        return text.ToString();
    }
}
