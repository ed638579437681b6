using System.Net;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Peer;
using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Settings;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>
/// A client over a real connection that reads whatever frame the server sends it, while the room becomes private. The
/// frames carry numbers: those up to <see cref="LastPublic"/> were taken before.
/// </summary>
public sealed class PrivateRoomViewerTests : IAsyncLifetime
{
    private const int LastPublic = 9;

    /// <summary>So many have come before any is lost.</summary>
    private const int Watched = 3;

    private readonly RoomFixture _fixture = new(new NoCodecs());
    private readonly List<int> _seen = [];

    [Theory]
    [InlineData(RoomView.Source)]
    [InlineData(RoomView.Annotated)]
    public void No_raw_frame_comes_once_the_change_is_acknowledged(RoomView view)
    {
        using var client =
            new LoopClient(_fixture.Loop, _fixture.Identity) { OnFrame = frame => _seen.Add(VideoFrames.NumberOf(frame.Data)) };
        RoomMember viewer = Watch(client, view);
        RoomMember phone = _fixture.Enter(Role.Phone, link: new RecordingLink(), rights: Rights.Camera);
        client.Until(() => client.IsConnected && viewer.IsConnected, "no connection");

        // Half of what was sent is lost on the way, so that the client asks for it again; some still waits to be posted.
        for (int number = 0; number <= LastPublic; number++)
        {
            client.IsDeaf = number is 4 or 7;
            Publish(phone, number, view, isBlurred: false);
            if (number < Watched)
            {
                client.Until(() => _seen.Contains(number), $"frame {number} did not come");
            }
            else if (number < LastPublic)
            {
                client.Round();
            }
        }

        Assert.Null(_fixture.Room.Commands.Configure(phone, new SettingsMessage { Mode = "privacy" }));
        client.IsDeaf = false;
        int before = _seen.Count;
        client.Discard();
        for (int number = LastPublic + 1; number < 40; number++)
        {
            Publish(phone, number, view, isBlurred: false);
            for (int round = 0; round < 3; round++)
            {
                client.Round();
                Thread.Sleep(3);
            }
        }

        Assert.True(before >= Watched, $"{before} frames before");
        Assert.Equal(before, _seen.Count);

        // And then the blurred ones, from a key frame on.
        for (int number = 50; number < 55; number++)
        {
            Publish(phone, number, RoomView.Annotated, isBlurred: true);
            client.Until(() => _seen.Contains(number), $"frame {number} did not come");
        }
    }

    /// <summary>As the phone sends it, or as the pipeline coded it.</summary>
    private void Publish(RoomMember phone, int number, RoomView view, bool isBlurred)
    {
        EncodedFrame frame = VideoFrames.Vp8(number, isKey: number is 0 or > LastPublic);
        if (view == RoomView.Source)
        {
            _fixture.Room.Media.OnFrame(phone, frame);
        }
        else
        {
            _fixture.Output!.OnCoded(frame, isBlurred ? ViewMode.Privacy : ViewMode.Annotate);
        }
    }

    private RoomMember Watch(LoopClient client, RoomView view)
    {
        Instant now = _fixture.Loop.Clock.Now;
        string offer = client.Peer.CreateOffer(now, new OfferPlan { Video = [MediaDirection.ReceiveOnly], Codecs = [VideoCodec.Vp8] });
        var peer = new WebRtcPeer(
            new PeerOptions
            {
                Identity = _fixture.Identity,
                Random = SystemRandom.Instance,
                LocalCandidates = [new LocalCandidate(TransportAddress.From(IPAddress.Loopback, _fixture.Loop.Port), CandidateKind.Host)],
            },
            now);
        Assert.True(peer.TryAnswer(now, offer, new AnswerPolicy { SendVideo = true }, out string answer, out string? error), error);
        RoomMember member = _fixture.Enter(Role.Viewer, view, new RecordingLink(), Rights.Operator);
        _fixture.Plug(member, peer);
        Assert.True(client.Peer.TryAcceptAnswer(now, answer, out error), error);
        return member;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    /// <summary>The room's own pipeline makes nothing of these frames.</summary>
    private sealed class NoCodecs : ICodecFactory, IVideoDecoder
    {
        public IVideoDecoder CreateDecoder(VideoCodec codec) => this;

        public IVideoEncoder CreateEncoder(VideoCodec codec, EncoderSettings settings) => throw new NotSupportedException();

        public DecodeStatus Decode(ReadOnlySpan<byte> data, PicturePool pool, out Picture? picture)
        {
            picture = null;
            return DecodeStatus.Pending;
        }

        public void Dispose()
        {
        }
    }
}
