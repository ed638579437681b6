using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Peer;
using Rtc.Peer.Sdp;
using Rtc.Server.Network;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Rooms;

namespace Rtc.Server.Tests.Network;

/// <summary>Peers with ports of their own, several of which lead to the one port of another loop.</summary>
public sealed class OwnSocketTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly MediaLoop _near = Open();
    private readonly MediaLoop _far = Open();
    private readonly PeerFactory _nearPeers;
    private readonly PeerFactory _farPeers;

    public OwnSocketTests()
    {
        _nearPeers = new PeerFactory(_near, IPAddress.Loopback, [], RoomFixture.Bitrates);
        _farPeers = new PeerFactory(_far, IPAddress.Loopback, [], RoomFixture.Bitrates);
    }

    [Fact]
    public async Task Peers_between_the_same_two_loops_are_not_mixed_up()
    {
        var pairs = new List<(Listener Near, Listener Far)>();
        for (int number = 0; number < 3; number++)
        {
            pairs.Add(await ConnectAsync());
        }

        foreach ((Listener near, Listener far) in pairs)
        {
            int channel = await near.Channel.Task.WaitAsync(s_patience);
            await far.Channel.Task.WaitAsync(s_patience);
            await SayAsync(_near, near, channel, $"to {pairs.IndexOf((near, far))}");
        }

        for (int number = 0; number < pairs.Count; number++)
        {
            Assert.Equal($"to {number}", await pairs[number].Far.Message.Task.WaitAsync(s_patience));
        }

        // One that ends takes its port along, and no other.
        DatagramSocket socket = pairs[0].Near.Port!.Socket!;
        await _near.AskAsync(() =>
        {
            _near.Remove(pairs[0].Near.Port!);
            return true;
        });
        Assert.Throws<ObjectDisposedException>(() => socket.HasMore);
        await pairs[0].Far.Closed.Task.WaitAsync(s_patience);
        Assert.False(pairs[1].Far.Closed.Task.IsCompleted);
        await SayAsync(_far, pairs[1].Far, await pairs[1].Far.Channel.Task, "back");
        Assert.Equal("back", await pairs[1].Near.Message.Task.WaitAsync(s_patience));
    }

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
        _nearPeers.Dispose();
        _farPeers.Dispose();
    }

    private async Task<(Listener Near, Listener Far)> ConnectAsync()
    {
        var near = new Listener(opens: true);
        var far = new Listener(opens: false);
        string offer = await _near.AskAsync(() =>
        {
            (WebRtcPeer peer, DatagramSocket socket) = _nearPeers.TryCreateFeed(_near.Clock)!.Value;
            near.Port = _near.Add(peer, near, socket);
            near.Loop = _near;
            return peer.CreateOffer(_near.Clock.Now, new OfferPlan { DataChannel = true });
        });
        string answer = await _far.AskAsync(() =>
        {
            WebRtcPeer peer = _farPeers.Create(_far.Clock, fromLoopback: true);
            Assert.True(peer.TryAnswer(_far.Clock.Now, offer, new AnswerPolicy(), out string sdp, out string? error), error);
            far.Port = _far.Add(peer, far);
            _far.Flush(far.Port);
            return sdp;
        });
        await _near.AskAsync(() =>
        {
            Assert.True(near.Port!.Peer.TryAcceptAnswer(_near.Clock.Now, answer, out string? error), error);
            _near.Flush(near.Port);
            return true;
        });
        return (near, far);
    }

    private static Task<bool> SayAsync(MediaLoop loop, Listener from, int channel, string text) => loop.AskAsync(() => loop.Call(
        from.Port!, (channel, text), static (peer, now, said) =>
            peer.SendMessage(now, said.channel, Encoding.UTF8.GetBytes(said.text), isText: true)));

    private static MediaLoop Open()
    {
        var loop = new MediaLoop(new MediaClock(), IPAddress.Loopback, 0, NullLogger<MediaLoop>.Instance);
        loop.Start();
        return loop;
    }

    private sealed class Listener(bool opens) : IPeerOwner
    {
        public PeerSlot? Port { get; set; }

        public MediaLoop? Loop { get; set; }

        public TaskCompletionSource<int> Channel { get; } = New<int>();

        public TaskCompletionSource<string> Message { get; } = New<string>();

        public TaskCompletionSource<bool> Closed { get; } = New<bool>();

        public void OnEvent(PeerSlot port, ref PeerEvent happened)
        {
            switch (happened.Kind)
            {
                case PeerEventKind.Connected when opens:
                    Loop!.Call(port, 0, static (peer, now, _) => peer.OpenChannel(now, "vision") >= 0);
                    break;
                case PeerEventKind.ChannelOpened:
                    Channel.TrySetResult(happened.ChannelId);
                    break;
                case PeerEventKind.ChannelMessage:
                    Message.TrySetResult(Encoding.UTF8.GetString(happened.Payload.Span));
                    break;
                case PeerEventKind.Closed:
                    Closed.TrySetResult(true);
                    break;
            }
        }

        private static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
