using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Bench;
using Rtc.Peer;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>What one data channel that never stops talking costs a server, with the limit and with none to speak of.</summary>
[Collection(AloneCollection.Name)]
public sealed class MessageFloodTests(ITestOutputHelper output)
{
    private const int Batch = 310;
    private static readonly TimeSpan s_flood = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task A_flood_is_closed_and_costs_a_fraction()
    {
        (double unlimited, string? _, long read) = await FloodAsync(1_000_000);
        (double limited, string? closed, long _) = await FloodAsync(200);

        output.WriteLine(
            $"31,000 messages a second: {unlimited:0.00} cores with no limit ({read} answered), {limited:0.00} with the limit, "
                + $"closed: {closed}");
        Assert.NotNull(closed);
        Assert.True(limited < unlimited / 2, $"{limited:0.00} cores against {unlimited:0.00}");
    }

    private static async Task<(double Cores, string? Closed, long Answers)> FloodAsync(int perSecond)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(
            ["--model", "motion", "--set", $"Limits:MessagesPerSecond={perSecond}"]);
        using var http = new HttpClient();
        var listener = new LateListener();
        await using var client = new BenchClient(
            http, listener, new OfferPlan { Video = [MediaDirection.ReceiveOnly], DataChannel = true }, NullLoggerFactory.Instance);
        var heard = new Heard();
        listener.To = heard;
        await client.ConnectAsync(new Uri(server.Address, "/whep/flood"));
        await ServerState.UntilAsync("the channel is silent", () =>
        {
            client.SendText("""{"type":"ping","id":1}""");
            return Task.FromResult(heard.Messages > 0);
        });

        TimeSpan before = server.CpuTime();
        using var timer = new PeriodicTimer(s_between);
        for (int round = 0; round < s_flood / s_between && await timer.WaitForNextTickAsync(); round++)
        {
            for (int message = 0; message < Batch && heard.Closed is null; message++)
            {
                client.SendText("""{"type":"ping","id":1}""");
            }
        }

        return ((server.CpuTime() - before) / s_flood, heard.Closed, heard.Messages);
    }

    private sealed class Heard : IBenchListener
    {
        private long _messages;

        public long Messages => Interlocked.Read(ref _messages);

        public string? Closed { get; private set; }

        public void OnConnected()
        {
        }

        public void OnFrame(EncodedFrame frame) => frame.Dispose();

        public void OnKeyFrameNeeded()
        {
        }

        public void OnBitrate(Bitrate bitrate)
        {
        }

        public void OnMessage(ReadOnlySpan<byte> utf8) => Interlocked.Increment(ref _messages);

        public void OnClosed(string reason) => Closed = reason;
    }
}
