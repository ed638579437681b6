using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rtc.Server.Http;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Http;

public sealed class SlowBodiesTests
{
    private static readonly IPAddress s_one = IPAddress.Parse("192.0.2.1");

    [Fact]
    public async Task Slow_bodies_of_one_address_log_one_line_without_a_stack()
    {
        using var lines = new Lines();
        await using RunningHost host = await RunningHost.StartAsync(
            RunningHost.Options with { Limits = RunningHost.Options.Limits with { HandshakeSeconds = 2 } },
            services: services => services.AddSingleton<ILoggerProvider>(lines));
        RawClient[] clients = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RawClient.ConnectAsync(host)));
        foreach (RawClient client in clients)
        {
            await client.SendAsync("POST /api/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nslow");
        }

        string[] answers = await Task.WhenAll(clients.Select(client => client.ReadUntilAsync(null)));
        Array.ForEach(clients, client => client.Dispose());

        Assert.All(answers, answer => Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal));
        (string Text, Exception? Error) line = Assert.Single(lines.All);
        Assert.Null(line.Error);
        Assert.Contains("408", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offer_that_does_not_end_logs_nothing()
    {
        using var lines = new Lines();
        await using RunningHost host = await RunningHost.StartAsync(
            RunningHost.Options with { Limits = RunningHost.Options.Limits with { HandshakeSeconds = 2 } },
            services: services => services.AddSingleton<ILoggerProvider>(lines));
        using RawClient client = await RawClient.ConnectAsync(host);

        await client.SendAsync(
            "POST /whip/one HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nContent-Length: 100000\r\n\r\nv=0");
        string answer = await client.ReadUntilAsync(null);

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Empty(lines.All);
    }

    [Fact]
    public void Line_a_minute_tells_how_many_were_left_out()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch);
        var throttle = new LogThrottle(clock);

        Assert.True(throttle.MayLog(s_one, out string name, out int before));
        Assert.Equal(0, before);
        Assert.False(throttle.MayLog(s_one, out _, out _));
        Assert.False(throttle.MayLog(s_one, out _, out _));
        Assert.True(throttle.MayLog(IPAddress.Parse("192.0.2.2"), out string other, out _));
        clock.Now += TimeSpan.FromSeconds(61);
        Assert.True(throttle.MayLog(s_one, out string again, out before));
        Assert.Equal(2, before);
        Assert.Equal(name, again);
        Assert.NotEqual(name, other);
    }

    [Fact]
    public void Crowd_of_addresses_shares_one_line()
    {
        var throttle = new LogThrottle(new ManualClock(DateTimeOffset.UnixEpoch));

        int logged = Enumerable.Range(0, 10_000).Count(i => throttle.MayLog(new IPAddress(0x0A00_0000L + i), out _, out _));

        Assert.InRange(logged, 200, 300);
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(string Text, Exception? Error)> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                All.Enqueue((formatter(state, exception), exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
