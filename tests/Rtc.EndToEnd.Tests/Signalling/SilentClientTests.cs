using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>Connections that want nothing are not kept, and cost the others nothing while they last.</summary>
public sealed class SilentClientTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Silent = 200;
    private const int Lazy = 20;

    private ServerProcess Server { get; set; } = null!;

    public async ValueTask InitializeAsync() =>
        Server = await ServerProcess.StartAsync(["--model", "motion", "--set", "Limits:HandshakeSeconds=2"]);

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task Silent_sockets_are_closed_and_others_served_meanwhile()
    {
        HubClient[] silent = await Task.WhenAll(Enumerable.Range(0, Silent).Select(_ => HubClient.OpenSilentAsync(Server)));
        double slowest = await Server.SlowestAnswerAsync(10);
        await using (HubClient client = await HubClient.OpenAsync(Server))
        {
            Assert.Null((await client.JoinAsync("beside-silence")).Error);
        }

        HubClient[] lazy = await Task.WhenAll(Enumerable.Range(0, Lazy).Select(_ => HubClient.OpenAsync(Server)));
        await Task.WhenAll(silent.Concat(lazy).Select(client => client.Closed));
        output.WriteLine($"slowest answer among {Silent} silent sockets: {slowest:0} ms");
        Assert.True(slowest < ServerState.DeafMs, $"an answer took {slowest:0} ms");
        foreach (HubClient client in silent.Concat(lazy))
        {
            await client.DisposeAsync();
        }

        await ServerState.UntilAsync(
            "sockets were left behind", async () => await Server.MetricAsync("signalr_server_active_connections") == 0);
    }
}
