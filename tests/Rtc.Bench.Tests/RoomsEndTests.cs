using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Peer;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Server.Options;
using Xunit;

namespace Rtc.Bench.Tests;

public sealed class RoomsEndTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>
    /// It stayed in the registry for ever where its connection closed between two ticks and the room ended before the next.
    /// </summary>
    [Fact]
    public async Task Client_that_left_before_the_room_ended_holds_no_place()
    {
        const int places = 4;
        await using TestHost host = await TestHost.StartAsync(new RoomOptions { MaxPeers = places, LingerSeconds = 0 });
        Uri address = host.Address;
        using var http = new HttpClient();
        for (int round = 0; round < places * 2; round++)
        {
            await using BenchClient phone = await ConnectAsync(http, new Uri(address, $"/whip/end-{round}"), MediaDirection.SendOnly);
            BenchClient viewer = await ConnectAsync(http, new Uri(address, $"/whep/end-{round}"), MediaDirection.ReceiveOnly);
            await UntilAsync(async () => await ViewersAsync(http, address, round) == 1);
            viewer.HangUp();
            await UntilAsync(async () => await ViewersAsync(http, address, round) == 0);
        }
    }

    private static async Task<BenchClient> ConnectAsync(HttpClient http, Uri address, MediaDirection direction)
    {
        var connected = new ConnectedListener();
        var client = new BenchClient(http, connected, new OfferPlan { Video = [direction] }, NullLoggerFactory.Instance);
        await client.ConnectAsync(address);
        await connected.Connected.Task.WaitAsync(s_limit);
        return client;
    }

    private static async Task<int> ViewersAsync(HttpClient http, Uri address, int round)
    {
        using HttpResponseMessage room = await http.GetAsync(new Uri(address, $"/api/rooms/end-{round}"));
        return room.StatusCode == HttpStatusCode.NotFound ? 0
            : JsonDocument.Parse(await room.Content.ReadAsStringAsync()).RootElement.GetProperty("viewers").GetInt32();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var late = new CancellationTokenSource(s_limit);
        while (!await condition())
        {
            await Task.Delay(10, late.Token);
        }
    }

    private sealed class ConnectedListener : IBenchListener
    {
        public TaskCompletionSource Connected { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnConnected() => Connected.TrySetResult();

        public void OnFrame(EncodedFrame frame) => frame.Dispose();

        public void OnMessage(ReadOnlySpan<byte> utf8)
        {
        }

        public void OnKeyFrameNeeded()
        {
        }

        public void OnBitrate(Bitrate bitrate)
        {
        }

        public void OnClosed(string reason)
        {
        }
    }
}
