using System.Net;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Limits;

/// <summary>Whom the gate lets in. Addresses of 127.0.0.0/8 are as different to it as any others.</summary>
public sealed class ConnectionGateTests
{
    private const string Live = "GET /api/health/live HTTP/1.1\r\nHost: localhost\r\n";
    private static readonly RtcOptions s_narrow =
        RunningHost.Options with { Limits = RunningHost.Options.Limits with { MaxConnectionsPerAddress = 8 } };

    [Fact]
    public async Task Silent_connections_of_one_address_leave_room_for_others()
    {
        await using RunningHost host = await RunningHost.StartAsync(s_narrow);
        using var crowd = new Crowd();
        await crowd.AddAsync(host, "127.0.0.2", 4);

        RawClient fifth = await crowd.AddAsync(host, "127.0.0.2", 1);
        Assert.Equal(string.Empty, await fifth.HeadAsync());
        RawClient other = await crowd.AddAsync(host, "127.0.0.3", 1);
        await other.SendAsync(Live + "\r\n");
        Assert.StartsWith("HTTP/1.1 200", await other.HeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_address_gets_no_connection_past_its_limit_and_one_again_after()
    {
        await using RunningHost host = await RunningHost.StartAsync(s_narrow);
        using var crowd = new Crowd();
        for (int i = 0; i < 8; i++)
        {
            RawClient client = await crowd.AddAsync(host, "127.0.0.2", 1);
            await client.SendAsync(Live + "\r\n");
            Assert.StartsWith("HTTP/1.1 200", await client.HeadAsync(), StringComparison.Ordinal);
        }

        RawClient ninth = await crowd.AddAsync(host, "127.0.0.2", 1);
        Assert.Equal(string.Empty, await ninth.HeadAsync());
        crowd.Dispose();
        string served = string.Empty;
        for (int attempt = 0; attempt < 200 && served.Length == 0; attempt++)
        {
            // The server has to see the eight go first.
            using RawClient again = await RawClient.ConnectAsync(host, "127.0.0.2");
            await again.SendAsync(Live + "\r\n");
            served = await again.HeadAsync();
        }

        Assert.StartsWith("HTTP/1.1 200", served, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trusted_proxy_is_not_counted_as_one_client()
    {
        await using RunningHost host = await RunningHost.StartAsync(s_narrow);
        using var crowd = new Crowd();
        for (int i = 0; i < 24; i++)
        {
            RawClient client = await crowd.AddAsync(host, "127.0.0.1", 1);
            await client.SendAsync($"{Live}X-Forwarded-For: 192.0.2.{i}\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200", await client.HeadAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Health_listener_answers_when_all_other_places_are_taken()
    {
        int port = LoopbackPorts.Free();
        await using RunningHost host = await RunningHost.StartAsync(RunningHost.Options with
        {
            Http = RunningHost.Options.Http with { HealthPort = port },
            Limits = RunningHost.Options.Limits with { MaxConnections = 8 },
        });
        using var crowd = new Crowd();
        await crowd.AddAsync(host, "127.0.0.2", 8);
        RawClient refused = await crowd.AddAsync(host, "127.0.0.3", 1);
        Assert.Equal(string.Empty, await refused.HeadAsync());

        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/api/models")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/")).StatusCode);
    }

    private sealed class Crowd : IDisposable
    {
        private readonly List<RawClient> _all = [];

        public async Task<RawClient> AddAsync(RunningHost host, string from, int count)
        {
            for (int i = 0; i < count; i++)
            {
                _all.Add(await RawClient.ConnectAsync(host, from));
            }

            return _all[^1];
        }

        public void Dispose() => _all.ForEach(client => client.Dispose());
    }
}
