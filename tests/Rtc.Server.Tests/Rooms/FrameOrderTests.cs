using System.Collections.Concurrent;
using System.Net;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Peer;
using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Pipeline.Decoding;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Network;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>What comes in one burst goes on in its order, also where the room sends to the very peer that it hears of.</summary>
public sealed class FrameOrderTests : IAsyncLifetime
{
    private readonly RecordingCodecs _codecs = new();
    private readonly EncodedFramePool _received = new();
    private readonly RoomFixture _fixture;

    public FrameOrderTests() => _fixture = new RoomFixture(_codecs);

    [Fact]
    public void Frames_that_one_repair_releases_reach_the_decoder_in_order()
    {
        using var client = new LoopClient(_fixture.Loop, _fixture.Identity);
        RoomMember phone = Enter(client);
        client.Until(() => client.IsConnected && phone.IsConnected, "no connection");
        Send(client, 0);
        client.Until(() => _codecs.Decoded.Count == 1, "the first frame was not decoded");
        for (int round = 0; round < 5; round++)
        {
            int first = 1 + (round * 5);
            client.Holds = true;
            Send(client, first);
            client.Until(() => client.Held > 0, "the frame was not sent");
            client.Holds = false;
            for (int number = first + 1; number < first + 5; number++)
            {
                Send(client, number);
                client.Round();
            }

            client.Release();
            client.Until(
                () => _codecs.Decoded.Count == first + 5,
                $"{_codecs.Decoded.Count} of {first + 5} frames were decoded: {string.Join(' ', _codecs.Decoded)}");
        }

        Assert.Equal(Enumerable.Range(0, 26), _codecs.Decoded.Select(number => (int)number));
    }

    [Fact]
    public void Decoder_reads_the_frame_that_the_peer_received()
    {
        using var client = new LoopClient(_fixture.Loop, _fixture.Identity);
        RoomMember phone = Enter(client);
        phone.SendMid = null; // Nobody watches: no resend cache holds the frame.
        client.Until(() => client.IsConnected && phone.IsConnected, "no connection");
        int lent = -1;
        _codecs.OnDecode = () => lent = _received.Outstanding;
        Send(client, 0);
        client.Until(() => _codecs.Decoded.Count == 1, "the frame was not decoded");
        Assert.Equal(1, lent);
        client.Until(() => _received.Outstanding == 0, "the frame was not returned");
    }

    private static void Send(LoopClient client, int number)
    {
        using EncodedFrame frame = VideoFrames.Vp8(number, isKey: number == 0);
        Assert.True(client.Peer.SendVideo(new Instant(1_000_000 + (number * 33_000)), "0", frame), $"frame {number} was not taken");
    }

    /// <summary>A phone that watches its own source: the room sends to it within its own event.</summary>
    private RoomMember Enter(LoopClient client)
    {
        string offer = client.Peer.CreateOffer(
            _fixture.Loop.Clock.Now, new OfferPlan { Video = [MediaDirection.SendReceive], Codecs = [VideoCodec.Vp8] });
        var peer = new WebRtcPeer(
            new PeerOptions
            {
                Identity = _fixture.Identity,
                Random = SystemRandom.Instance,
                Pool = _received,
                LocalCandidates = [new LocalCandidate(TransportAddress.From(IPAddress.Loopback, _fixture.Loop.Port), CandidateKind.Host)],
            },
            _fixture.Loop.Clock.Now);
        Assert.True(
            peer.TryAnswer(
                _fixture.Loop.Clock.Now, offer, new AnswerPolicy { ReceiveVideo = true, SendVideo = true }, out string answer,
                out string? error), error);
        RoomMember member = _fixture.Enter(Role.Phone, RoomView.Source, new RecordingLink());
        member.ReceiveMid = "0";
        _fixture.Plug(member, peer);
        Assert.True(client.Peer.TryAcceptAnswer(_fixture.Loop.Clock.Now, answer, out error), error);
        return member;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    /// <summary>Notes the number that each frame carries.</summary>
    private sealed class RecordingCodecs : ICodecFactory, IVideoDecoder
    {
        public ConcurrentQueue<byte> Decoded { get; } = new();

        public Action? OnDecode { get; set; }

        public IVideoDecoder CreateDecoder(VideoCodec codec) => this;

        public IVideoEncoder CreateEncoder(VideoCodec codec, EncoderSettings settings) => throw new NotSupportedException();

        public DecodeStatus Decode(ReadOnlySpan<byte> data, PicturePool pool, out Picture? picture)
        {
            OnDecode?.Invoke();
            Decoded.Enqueue((byte)VideoFrames.NumberOf(data));
            picture = pool.Rent(64, 48);
            return DecodeStatus.Picture;
        }

        public void Dispose()
        {
        }
    }
}
