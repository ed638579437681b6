using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using Rtc.EndToEnd.Tests;
using Rtc.EndToEnd.Tests.Signalling;

namespace Rtc.Cluster.Tests.Servers;

/// <summary>Clients that a node sends on with their rooms, as pages are, and what they see meanwhile; servers are n0, n1, …</summary>
internal sealed class MovingClients(ServerProcess[] servers) : IAsyncDisposable
{
    // As many as a page follows.
    private const int MaxMoves = 6;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly List<IAsyncDisposable> _open = [];
    private readonly List<Client> _clients = [];

    /// <summary>A page.</summary>
    public async Task<Client> JoinAsync(string room, bool isCamera, int at)
    {
        var client = new Client(room, isCamera);
        await JoinAsync(client, servers[at], hint: null);
        _clients.Add(client);
        return client;
    }

    /// <summary>A player, which no node sends on: it stays behind the node that it asked.</summary>
    public async Task WatchAsync(string room, int at)
    {
        var client = new Client(room, IsCamera: false);
        client.Peers.Add(Keep(await TestPeer.ConnectAsync(servers[at].Address, room, isCamera: false)));
        _clients.Add(client);
    }

    /// <summary>All of them have a picture.</summary>
    public Task SeeAsync() => Task.WhenAll(_clients.Select(client => client.Peers[^1].SeesAsync()));

    /// <summary>Each page of the room, or of all, goes where its node sends it.</summary>
    public Task FollowAsync(string? room = null) => Task.WhenAll(
        _clients.Where(client => client.Hub is not null && client.Room == (room ?? client.Room)).Select(FollowAsync));

    /// <summary>The longest time without a picture that each had from then on, over all of its connections.</summary>
    public Task<Gap[]> GapsAsync(double sinceMs) => Task.WhenAll(_clients.Select(client => GapAsync(client, sinceMs)));

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable open in _open)
        {
            await open.DisposeAsync();
        }
    }

    private async Task JoinAsync(Client client, ServerProcess server, string? hint)
    {
        for (int moves = 0; moves < MaxMoves; moves++)
        {
            HubClient hub = Keep(await HubClient.OpenAsync(server));
            HubAnswer joined = await hub.CallAsync("Join", new JsonObject
            {
                ["room"] = client.Room,
                ["role"] = client.IsCamera ? "phone" : "viewer",
                ["node"] = hint,
            });
            if (joined.Code == "redirect")
            {
                (server, hint) = await SentToAsync(hub);
                continue;
            }

            Assert.Null(joined.Error);
            client.Peers.Add(Keep(await TestPeer.ConnectAsync(hub, client.IsCamera)));
            client.Hub = hub;
            return;
        }

        throw new InvalidOperationException("sent round and round");
    }

    private async Task FollowAsync(Client client)
    {
        (ServerProcess server, string? hint) = await SentToAsync(client.Hub!);
        await JoinAsync(client, server, hint);
    }

    private async Task<(ServerProcess Server, string? Hint)> SentToAsync(HubClient hub)
    {
        JsonElement redirect = await hub.PushedAsync("redirect");
        string node = redirect.GetProperty("node").GetString()!;
        var url = new Uri(redirect.GetProperty("url").GetString()!);
        return (servers[node[1] - '0'], HttpUtility.ParseQueryString(url.Query)["node"]);
    }

    private static async Task<Gap> GapAsync(Client client, double sinceMs)
    {
        const double Tail = 1000;
        const int Enough = 30;
        TestPeer last = client.Peers[^1];
        using var limit = new CancellationTokenSource(s_patience);
        double back = sinceMs;
        while (back < sinceMs + Tail || last.Received < Enough)
        {
            await Task.Delay(20, limit.Token);
            back = last.Arrivals.Values.DefaultIfEmpty(0).Max();
        }

        double[] seen = [.. client.Peers.SelectMany(peer => peer.Arrivals.Values).Where(at => at >= sinceMs - Tail).Order()];
        (double one, double next) = seen.Zip(seen.Skip(1)).MaxBy(pair => pair.Second - pair.First);
        return new Gap(client, one - sinceMs, next - one);
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

    /// <summary>Somebody in a room.</summary>
    internal sealed record Client(string Room, bool IsCamera)
    {
        public List<TestPeer> Peers { get; } = [];

        public HubClient? Hub { get; set; }
    }

    /// <summary>A time without a picture, in milliseconds, and when it began.</summary>
    internal sealed record Gap(Client Client, double From, double Length)
    {
        private string Who => Client.IsCamera ? "camera" : Client.Hub is null ? "player elsewhere" : "viewer";

        public override string ToString() => FormattableString.Invariant($"{Client.Room}, {Who}: {Length:0} ms from {From:0} on");
    }
}
