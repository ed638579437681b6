using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Pipeline.Settings;
using Rtc.Server.Network;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Hosting;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>A node that relays a room of another one: both with their peers, and calls in place of what nodes ask each other.</summary>
public sealed class RoomFeedTests : IAsyncLifetime, IRoomOwners
{
    private static readonly VideoCodec[] s_both = [VideoCodec.Vp8, VideoCodec.H264];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly RegistryFixture _owner = new();
    private readonly RegistryFixture _node = new();
    private readonly List<LoopbackPeer> _viewers = [];
    private readonly ConcurrentQueue<FeedAudience> _opened = [];
    private readonly ConcurrentQueue<FeedAudience> _told = [];
    private Room _room = null!;
    private int _deaf;
    private bool _hasSecond = true;
    private bool _hasWay = true;

    public async ValueTask InitializeAsync()
    {
        var phone = new JoinRequest { Room = "place", Role = "phone" };
        Assert.Null((await _owner.Registry.JoinAsync(phone, new RecordingLink(), "127.0.0.1")).Refusal);
        _room = (await _owner.Registry.FindRoomAsync("place"))!;

        // One that makes no offer within ten seconds is sent away.
        await _owner.Loop.AskAsync(() => _room.Members.All[0].Offered = OfferIdentity.Of(string.Empty));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (LoopbackPeer viewer in _viewers)
        {
            viewer.Dispose();
        }

        await _node.DisposeAsync();
        await _owner.DisposeAsync();
    }

    Task<string?> IRoomOwners.FindAsync(RoomName room) => Task.FromResult<string?>("owner");

    async Task<string?> IRoomOwners.AskAsync(string owner, RoomName room, string kind, string body)
    {
        FeedOffer? offer = kind == FeedMessages.Open ? FeedMessages.Read<FeedOffer>(body) : null;
        FeedAudience? audience = kind == FeedMessages.Audience ? FeedMessages.Read<FeedAudience>(body) : null;
        if ((offer?.Audience.IsSecond == true && !_hasSecond) || (audience is not null && Interlocked.Decrement(ref _deaf) >= 0))
        {
            return null;
        }

        string? answer = await _owner.Registry.Relays.AnswerAsync(room, "node", kind, body);
        _opened.Enqueue(offer?.Audience ?? FeedAudience.None);
        _told.Enqueue(audience ?? FeedAudience.None);
        return Volatile.Read(ref _hasWay) ? answer : answer?.Replace("ice-pwd:", "ice-pwd:wrong", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_frame_is_asked_for_once_however_many_wait_for_it()
    {
        RequiresH264();
        LoopbackPeer[] viewers = [await WatchAsync(s_both), await WatchAsync(s_both), await WatchAsync(VideoCodec.Vp8)];
        await FilmAsync(0);
        await Task.WhenAll(viewers.Select(viewer => SeesNumberAsync(viewer, 0)));
        (long before, Instant since) = (await KeyFramesAskedAsync(), _node.Loop.Clock.Now);
        await Patience.UntilAsync(async () =>
        {
            await _node.Loop.AskAsync(WantKeyFrames);
            return await KeyFramesAskedAsync() > before;
        });

        await FilmAsync(1);
        await Task.WhenAll(viewers.Select(viewer => SeesNumberAsync(viewer, 1)));
        double turns = (_node.Loop.Clock.Now - since) / KeyFrameGate.Spacing;
        Assert.InRange(await KeyFramesAskedAsync() - before, 1, 1 + (long)turns);
        Assert.Single(_opened, audience => audience.View == RoomView.Source);

        bool WantKeyFrames()
        {
            for (int i = 0; i < Relayed.Members.All.Count; i++)
            {
                Relayed.Media.WantKeyFrame(Relayed.Members.All[i]);
            }

            return true;
        }
    }

    [Fact]
    public async Task Codecs_that_the_owner_did_not_hear_of_are_told_again()
    {
        RequiresH264();
        _deaf = 2;
        await WatchAsync(VideoCodec.H264);

        await Patience.UntilAsync(() => _told.Any(audience => audience.Formats == VideoFormats.H264));
        await _owner.Loop.AskAsync(() =>
        {
            Assert.Equal([VideoCodec.H264], Assert.Single(_room.Members.All, member => member.Feed is not null).SendCodecs.Distinct());
            return true;
        });
    }

    [Fact]
    public async Task Second_copy_that_cannot_be_had_leaves_the_viewer_to_the_owner()
    {
        RequiresH264();
        _hasSecond = false;
        LoopbackPeer first = await WatchAsync(VideoCodec.Vp8);
        await WatchAsync(VideoCodec.H264, isServed: false);

        await FilmAsync(0);
        await SeesNumberAsync(first, 0);
    }

    /// <summary>As where a firewall between nodes lets questions pass and media not.</summary>
    [Fact]
    public async Task Viewer_of_a_node_that_no_copy_reaches_is_sent_to_the_owner()
    {
        _hasWay = false;
        await WatchAsync(VideoCodec.Vp8);
        Room relayed = await _node.Loop.AskAsync(() => Relayed);
        await Patience.UntilAsync(() => _node.Loop.AskAsync(() => relayed.Members.All[0] is { Port: null, LostAt: not null }));
        await WatchAsync(VideoCodec.Vp8, isServed: false);

        // It is tried again with each that comes, and while somebody waits.
        Volatile.Write(ref _hasWay, true);
        await Patience.UntilAsync(() => _node.Loop.AskAsync(() => relayed.Feed!.Lines.All.Any(line => line.IsConnected)));
        await WatchAsync(VideoCodec.Vp8);
    }

    /// <summary>All kinds of viewers, behind a link on which the owner codes the source for them.</summary>
    [Theory]
    [InlineData(VideoCodec.Vp8, VideoCodec.H264)]
    [InlineData(VideoCodec.H264, VideoCodec.Vp8)]
    public async Task Copies_of_a_thin_link_do_not_change_places(VideoCodec sent, VideoCodec other)
    {
        RequiresH264();
        LoopbackPeer[] viewers = [await WatchAsync(s_both), await WatchAsync(sent), await WatchAsync(other)];
        using var filming = new CancellationTokenSource();
        Task film = FilmAsync(sent, linkKilobits: 60, filming.Token);
        await Patience.UntilAsync(() => _owner.Loop.AskAsync(
            () => _room.Members.All.Count(member => member.Feed is not null && member.Route.IsCoded) == 2));
        await Task.WhenAll(viewers.Select(viewer => SeesAsync(viewer, 20)));
        int told = _told.Count;
        VideoCodec[][] seen = await Task.WhenAll(viewers.Select(viewer => SeesAsync(viewer, 40)));
        await filming.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => film);

        Assert.Equal([sent, sent, other], seen.Select(codecs => Assert.Single(codecs)));
        Assert.All(
            _told.Skip(told).Where(audience => audience != FeedAudience.None),
            audience => Assert.Equal(audience.IsSecond ? other.AsSet() : s_both.AsSet(), audience.Formats));
    }

    /// <summary>Two kinds of viewers there, and one at the owner that takes neither the common codec of those.</summary>
    [Theory]
    [InlineData(VideoCodec.Vp8, VideoCodec.H264, null)]
    [InlineData(VideoCodec.H264, VideoCodec.H264, null)]
    [InlineData(VideoCodec.Vp8, VideoCodec.Vp8, VideoCodec.H264)]
    public async Task Copies_for_two_kinds_of_viewers_stay_as_they_are(VideoCodec sent, VideoCodec only, VideoCodec? atOwner)
    {
        RequiresH264();
        if (atOwner is { } codec)
        {
            await WatchOwnerAsync(codec);
        }

        LoopbackPeer[] viewers = [await WatchAsync(s_both), await WatchAsync(only)];
        using var filming = new CancellationTokenSource();
        Task film = FilmAsync(sent, linkKilobits: 60, filming.Token);
        await Patience.UntilAsync(() => _owner.Loop.AskAsync(
            () => _room.Members.All.Any(member => member.Feed is not null && member.Route.IsCoded)));
        await Task.WhenAll(viewers.Select(viewer => SeesAsync(viewer, 10)));
        int opened = Opened;
        VideoCodec[][] seen = await Task.WhenAll(viewers.Select(viewer => SeesAsync(viewer, 30)));
        await filming.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => film);

        Assert.Equal([sent, only], seen.Select(codecs => Assert.Single(codecs)));
        Assert.Equal(opened, Opened);
    }

    private int Opened => _opened.Count(audience => audience != FeedAudience.None);

    private static void RequiresH264() => Assert.SkipUnless(VideoCodecs.IsUsable(VideoCodec.H264), "no H.264 here");

    private Room Relayed => _node.Loop.Ports.Select(port => port.Owner).OfType<Room>().First();

    private Task<LoopbackPeer> WatchAsync(VideoCodec codec, bool isServed = true) => WatchAsync([codec], isServed);

    private async Task<LoopbackPeer> WatchAsync(VideoCodec[] codecs, bool isServed = true)
    {
        var peer = new LoopbackPeer(echoes: false, NullLogger<MediaLoop>.Instance);
        _viewers.Add(peer);
        var request = new JoinRequest { Room = "place", Role = "viewer", View = "source" };
        Outcome<JoinReply> joined =
            await _node.Registry.Relays.JoinAsync(request, new RecordingLink(), "127.0.0.1", "owner", this);
        Assert.Null(joined.Refusal);
        var id = new PeerId(joined.Value!.PeerId);
        string offer = await peer.OfferAsync(new OfferPlan { Video = [MediaDirection.ReceiveOnly], Codecs = codecs });
        Outcome<OfferReply> answered = await _node.Registry.OfferAsync(id, offer);
        Assert.Equal(isServed, await _node.Registry.Relays.UnservedAsync(id, isAnswered: true) is null);
        await peer.AcceptAsync(answered.Value!.Sdp);
        await peer.Connected.WaitAsync(s_patience);
        return peer;
    }

    private async Task WatchOwnerAsync(VideoCodec codec)
    {
        var peer = new LoopbackPeer(echoes: false, NullLogger<MediaLoop>.Instance);
        _viewers.Add(peer);
        var request = new JoinRequest { Room = "place", Role = "viewer", View = "source" };
        var id = new PeerId((await _owner.Registry.JoinAsync(request, new RecordingLink(), "127.0.0.1")).Value!.PeerId);
        string offer = await peer.OfferAsync(new OfferPlan { Video = [MediaDirection.ReceiveOnly], Codecs = [codec] });
        await peer.AcceptAsync((await _owner.Registry.OfferAsync(id, offer)).Value!.Sdp);
        await peer.Connected.WaitAsync(s_patience);
    }

    /// <summary>The phone's next picture, at the owner, once all copies are connected.</summary>
    private Task FilmAsync(int number) => Patience.UntilAsync(() => _owner.Loop.AskAsync(() =>
    {
        bool isReady = _room.Members.All.All(member => member.Feed is null || member.IsConnected);
        if (isReady)
        {
            _room.Media.OnFrame(_room.Members.All[0], VideoFrames.Vp8(number, isKey: true));
        }

        return isReady;
    }));

    /// <summary>A camera's pictures, until it is ended. The owner takes each copy's link for one of this rate.</summary>
    private async Task FilmAsync(VideoCodec codec, int linkKilobits, CancellationToken ending)
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            codec, new EncoderSettings { Width = 160, Height = 120, BitrateKbps = 500, MayDrop = false });
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(33));
        var random = new Random(1);
        for (uint number = 0; await pace.WaitForNextTickAsync(ending); number++)
        {
            using Picture picture = pool.Rent(160, 120);
            for (int y = 0; y < picture.Height; y++)
            {
                random.NextBytes(picture.RowY(y));
            }

            for (int y = 0; y < picture.ChromaHeight; y++)
            {
                picture.RowU(y).Fill(128);
                picture.RowV(y).Fill(128);
            }

            if (encoder.Encode(picture, number * 3000, number % 10 == 0) is { } frame)
            {
                await _owner.Loop.AskAsync(() =>
                {
                    foreach (RoomMember feed in _room.Members.All.Where(member => member.Feed is not null))
                    {
                        feed.Estimate = new Bitrate(linkKilobits * 1000);
                    }

                    _room.Media.OnFrame(_room.Members.All[0], frame);
                    return true;
                });
            }
        }
    }

    /// <summary>The codecs of so many pictures more.</summary>
    private static async Task<VideoCodec[]> SeesAsync(LoopbackPeer viewer, int pictures)
    {
        var codecs = new HashSet<VideoCodec>();
        for (int seen = 0; seen < pictures; seen++)
        {
            using EncodedFrame frame = await viewer.Frames.ReadAsync().AsTask().WaitAsync(s_patience);
            codecs.Add(frame.Codec);
        }

        return [.. codecs];
    }

    private static async Task SeesNumberAsync(LoopbackPeer viewer, int number)
    {
        using EncodedFrame frame = await viewer.Frames.ReadAsync().AsTask().WaitAsync(s_patience);
        Assert.Equal(number, VideoFrames.NumberOf(frame.Data));
    }

    private Task<long> KeyFramesAskedAsync() => _node.Loop.AskAsync(
        () => _node.Loop.Ports.Where(port => port.Owner is RoomFeed).Sum(port => port.Peer.Stats.KeyFramesRequested));
}
