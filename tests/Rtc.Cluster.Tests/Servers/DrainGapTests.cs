using System.Net;
using System.Text.Json;
using Rtc.EndToEnd.Tests;
using Rtc.EndToEnd.Tests.Signalling;
using Rtc.Store.Tests.Engines;

namespace Rtc.Cluster.Tests.Servers;

/// <summary>A node is drained while its rooms are watched, there and at another node.</summary>
public sealed class DrainGapTests(PostgresServer postgres, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Rooms = 4;

    /// <summary>Asked is 2 s, of a machine that has a core for each of its processes.</summary>
    private const double MaxGapMs = 5000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly List<IAsyncDisposable> _open = [];
    private ServerProcess[] _servers = [];

    public async ValueTask InitializeAsync()
    {
        _servers = await ServerPair.StartAsync(await postgres.CreateDatabaseAsync(), 3, drainSeconds: 20);
        await ServerPair.UntilKnownAsync(_servers);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable open in _open)
        {
            await open.DisposeAsync();
        }

        foreach (ServerProcess server in _servers)
        {
            await server.DisposeAsync();
            foreach (string line in server.Output.Split('\n').Where(line => line.Contains(".Cluster", StringComparison.Ordinal)))
            {
                output.WriteLine(line);
            }
        }
    }

    [Fact]
    public async Task Drained_node_loses_no_viewer_and_no_room_stands_still_for_long()
    {
        var clients = new List<Client>();
        for (int number = 0; number < Rooms; number++)
        {
            string room = "moved" + number;
            clients.Add(await JoinAsync(new Client(room, IsCamera: true), _servers[0]));
            clients.Add(await JoinAsync(new Client(room, IsCamera: false), _servers[0]));
            var elsewhere = new Client(room, IsCamera: false);
            elsewhere.Peers.Add(Keep(await TestPeer.ConnectAsync(_servers[1].Address, room, isCamera: false)));
            clients.Add(elsewhere);
        }

        await Task.WhenAll(clients.Select(client => client.Peers[0].SeesAsync()));
        double began = TestPeer.NowMs;
        using HttpResponseMessage drain = await _servers[0].Http.PostAsync("/api/cluster/drain", null);
        Assert.Equal(HttpStatusCode.Accepted, drain.StatusCode);
        await Task.WhenAll(clients.Where(client => client.Hub is not null).Select(MoveAsync));

        // All of them see on, those behind the second node over the connection that they had.
        double[] gaps = await Task.WhenAll(clients.Select(client => GapAsync(client, began)));
        output.WriteLine(FormattableString.Invariant(
            $"{gaps.Length} clients of {Rooms} rooms: gap {gaps.Order().ElementAt(gaps.Length / 2):0} ms (median), {gaps.Max():0} (most)"));
        Assert.All(gaps, gap => Assert.InRange(gap, 0, MaxGapMs));
        Assert.Equal(0, await _servers[0].ExitAsync(s_patience));
    }

    private async Task<Client> JoinAsync(Client client, ServerProcess server)
    {
        for (int redirects = 0; redirects < 4; redirects++)
        {
            HubClient hub = Keep(await HubClient.OpenAsync(server));
            HubAnswer joined = await hub.JoinAsync(client.Room, client.IsCamera ? "phone" : "viewer");
            if (joined.Code == "redirect")
            {
                server = await SentToAsync(hub);
                continue;
            }

            Assert.Null(joined.Error);
            client.Peers.Add(Keep(await TestPeer.ConnectAsync(hub, client.IsCamera)));
            return client with { Hub = hub };
        }

        throw new InvalidOperationException("sent round and round");
    }

    private async Task MoveAsync(Client client) => await JoinAsync(client, await SentToAsync(client.Hub!));

    private async Task<ServerProcess> SentToAsync(HubClient hub)
    {
        string node = (await hub.PushedAsync("redirect")).GetProperty("node").GetString()!;
        return _servers[node[1] - '0'];
    }

    /// <summary>The longest time without a picture from the drain on, over all connections of the client.</summary>
    private static async Task<double> GapAsync(Client client, double sinceMs)
    {
        const double Tail = 1000;
        TestPeer last = client.Peers[^1];
        using var limit = new CancellationTokenSource(s_patience);
        double back = sinceMs;
        while (back < sinceMs + Tail || last.Received < 30)
        {
            await Task.Delay(20, limit.Token);
            back = last.Arrivals.Values.DefaultIfEmpty(0).Max();
        }

        double[] seen = [.. client.Peers.SelectMany(peer => peer.Arrivals.Values).Where(at => at >= sinceMs - Tail).Order()];
        return seen.Zip(seen.Skip(1), (one, next) => next - one).Max();
    }

    private T Keep<T>(T open)
        where T : IAsyncDisposable
    {
        lock (_open)
        {
            _open.Add(open);
        }

        return open;
    }

    private sealed record Client(string Room, bool IsCamera)
    {
        public List<TestPeer> Peers { get; } = [];

        public HubClient? Hub { get; init; }
    }
}
