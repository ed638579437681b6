using System.Security.Claims;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Rtc.Signaling.Hub;

namespace Rtc.Server.Tests.Rooms;

/// <summary>A client that reads nothing costs a bounded number of messages, and then its connection.</summary>
public sealed class HubLinkTests
{
    [Fact]
    public void Reading_client_gets_every_message()
    {
        var client = new Client { Reads = true };
        var connection = new Connection();
        var link = new HubLink(client, connection);
        for (int i = 0; i < 1000; i++)
        {
            link.Send("detections", i);
        }

        Assert.Equal(1000, client.Sent.Count);
        Assert.False(connection.IsAborted);
    }

    [Fact]
    public void Client_that_does_not_read_loses_results_and_keeps_the_rest()
    {
        var client = new Client();
        var link = new HubLink(client, new Connection());
        for (int i = 0; i < 100; i++)
        {
            link.Send("detections", i);
            link.Send("stats", i);
        }

        link.Send("settings", "new");

        Assert.Equal(HubLink.MaxPerishable + 1, client.Sent.Count);
        Assert.Equal("settings", client.Sent[^1]);

        // He reads again: newer results come.
        client.Read();
        link.Send("detections", 101);
        Assert.Equal("detections", client.Sent[^1]);
    }

    [Fact]
    public void Client_that_does_not_read_the_rest_is_cut_off()
    {
        var client = new Client();
        var connection = new Connection();
        var link = new HubLink(client, connection);
        for (int i = 0; i < 10_000; i++)
        {
            link.Send("settings", i);
        }

        Assert.True(connection.IsAborted);
        Assert.Equal(HubLink.MaxUnread, client.Sent.Count);
    }

    private sealed class Client : IClientProxy
    {
        private readonly List<TaskCompletionSource> _unread = [];

        public bool Reads { get; init; }

        public List<string> Sent { get; } = [];

        public Task SendCoreAsync(string method, object?[] args, CancellationToken cancellationToken = default)
        {
            Sent.Add(method);
            if (Reads)
            {
                return Task.CompletedTask;
            }

            _unread.Add(new TaskCompletionSource());
            return _unread[^1].Task;
        }

        public void Read() => _unread.ForEach(message => message.TrySetResult());
    }

    private sealed class Connection : HubCallerContext
    {
        public bool IsAborted { get; private set; }

        public override string ConnectionId => "one";

        public override string? UserIdentifier => null;

        public override ClaimsPrincipal? User => null;

        public override IDictionary<object, object?> Items { get; } = new Dictionary<object, object?>();

        public override IFeatureCollection Features { get; } = new FeatureCollection();

        public override CancellationToken ConnectionAborted => CancellationToken.None;

        public override void Abort() => IsAborted = true;
    }
}
