using Rtc.Peer;
using Rtc.Peer.Sdp;
using Rtc.Pipeline.Settings;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// Where a room that another node owns gets its pictures and messages from: one peer connection to that node for each view that is
/// watched here, and a second where no one codec serves all who watch it; the frames go to the viewers as they are. What they ask of the
/// room goes to the owner. Belongs to the media loop and to its <see cref="Room"/>.
/// </summary>
internal sealed class RoomFeed : IPeerOwner, IDisposable
{
    /// <summary>Pictures come thirty times a second and statistics once: an owner that is silent for longer may be gone.</summary>
    private static readonly TimeSpan s_maxSilence = TimeSpan.FromSeconds(1.1);

    /// <summary>Silent for so long, a connection is made anew even where its owner lives.</summary>
    private static readonly TimeSpan s_broken = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    private readonly Room _room;
    private readonly MediaLoop _loop;
    private readonly PeerFactory _peers;
    private readonly FeedReach _reach;
    private readonly FeedOwner _owner;
    private readonly FeedReports _reports;
    private readonly Timer _timer;
    private PeerSlot? _speaker;
    private Instant _heard;
    private bool _wasRefused;
    private bool _ended;

    public RoomFeed(Room room, MediaLoop loop, PeerFactory peers, FeedReach reach, IRoomOwners owners, string owner)
    {
        (_room, _loop, _peers, _reach) = (room, loop, peers, reach);
        _owner = new FeedOwner(room.Name, loop, owners, owner);
        News = new FeedNews(room);
        Commands = new FeedCommands(room, loop, _owner);
        Lines = new FeedLines(loop);
        _reports = new FeedReports(room, loop, _owner);
        _heard = loop.Clock.Now;
        _timer = new Timer(_ => _loop.Post(Look), null, s_look, s_look);
    }

    /// <summary>What the owner says.</summary>
    public FeedNews News { get; }

    /// <summary>What members ask of it.</summary>
    public FeedCommands Commands { get; }

    /// <summary>The copies that are taken of it.</summary>
    public FeedLines Lines { get; }

    /// <summary>True once the owner has agreed to send this view; false where it does not.</summary>
    public Task<bool> OpenAsync(RoomView view) =>
        _ended ? Task.FromResult(false)
        : _owner.IsSought ? OpenFoundAsync(view)
        : (Lines.Of(view).First ?? Begin(Lines.Of(view), isSecond: false))?.Opened ?? Task.FromResult(false);

    /// <summary>False where this member takes no codec in which a copy can be had, or none arrives, as far as is known.</summary>
    public Task<bool> CanServeAsync(RoomMember member)
    {
        FeedView view = Lines.Of(member.View);
        bool needsSecond = view.Plan.NeedsSecond(member);
        return _ended ? Task.FromResult(true)
            : _owner.IsSought ? CanServeFoundAsync(member)
            : IsOutOfReach(view[needsSecond]) ? Task.FromResult(false)
            : view[needsSecond] is { } line ? CanServeAsync(line, member.Takes)
            : Task.FromResult(!needsSecond);
    }

    /// <summary>Members came, went, watch another view or take other codecs.</summary>
    public void Update()
    {
        foreach (FeedView view in Lines.Views)
        {
            if (!_ended)
            {
                view.Update(_room.Members.All);
                Update(view, isSecond: false);
                Update(view, isSecond: true);
            }
        }
    }

    public void OnEvent(PeerSlot port, ref PeerEvent happened)
    {
        if (!Lines.TryFind(port, out FeedLine? line))
        {
            happened.Frame?.Dispose();
            return;
        }

        switch (happened.Kind)
        {
            case PeerEventKind.VideoFrame:
                _heard = _loop.Clock.Now;
                using (EncodedFrame frame = happened.Frame!)
                {
                    Pass(frame, line);
                }

                break;
            case PeerEventKind.ChannelMessage when port == _speaker:
                _heard = _loop.Clock.Now;
                Hear(happened.Payload);
                break;
            case PeerEventKind.Connected:
                line.IsConnected = true;
                _reach.Connected(_owner.Node);
                Speak();
                break;
            case PeerEventKind.Disconnected or PeerEventKind.Closed:
                Drop(line);
                Renew();
                break;
        }
    }

    /// <summary>The room is this node's own by now, or has ended.</summary>
    public void Dispose()
    {
        _ended = true;
        _timer.Dispose();
        DropAll();
    }

    private void Update(FeedView view, bool isSecond)
    {
        bool isWanted = view.Plan.Of(isSecond) != VideoFormats.None;
        if (isWanted && view[isSecond] is null && !_owner.IsSought)
        {
            Begin(view, isSecond);
        }
        else if (view[isSecond] is not { } line)
        {
            return;
        }
        else if (!isWanted)
        {
            Drop(line);
            Speak();
        }
        else
        {
            _reports.TellFormats(line);
        }
    }

    private void Pass(EncodedFrame frame, FeedLine line)
    {
        VideoFormats format = frame.Codec.AsSet();
        if (!line.Formats.HasFlag(format))
        {
            // Sent before the owner knew what it is to be in: by now those who take it are served from the other copy.
            return;
        }

        if (!line.IsSecond && line.Of.Comes(format))
        {
            Update();
        }

        _room.Media.OnRelayed(frame, line);
    }

    private static async Task<bool> CanServeAsync(FeedLine line, VideoFormats takes) =>
        await line.Opened ? takes == VideoFormats.None || (line.Offered & takes) != VideoFormats.None : !line.IsSecond;

    /// <summary>Null where this node can take no copy more; its next look tries again.</summary>
    private FeedLine? Begin(FeedView view, bool isSecond)
    {
        if (!_loop.HasRoomForOwnSocket || _peers.TryCreateFeed(_loop.Clock) is not (var peer, var socket))
        {
            return null;
        }

        PeerSlot port = _loop.Add(peer, this, socket);
        string sdp = peer.CreateOffer(
            _loop.Clock.Now, new OfferPlan { Video = [MediaDirection.ReceiveOnly], DataChannel = true, Codecs = PeerFactory.FeedCodecs });
        _loop.Flush(port);
        FeedLine line = Lines.Add(view, isSecond, port);
        line.Told = FeedAudience.Of(_room.Members.All, line);
        line.Opened = OpenAsync(line, sdp);
        return line;
    }

    private async Task<bool> OpenFoundAsync(RoomView view)
    {
        await _owner.Sought;
        return await await _loop.AskAsync(() => OpenAsync(view));
    }

    private async Task<bool> CanServeFoundAsync(RoomMember member)
    {
        await _owner.Sought;
        return await await _loop.AskAsync(() => CanServeAsync(member));
    }

    private async Task<bool> OpenAsync(FeedLine line, string sdp)
    {
        var offer = new FeedOffer(line.Name, line.Told, sdp) { Run = Commands.Run, Speakers = Commands.Speakers };
        string? answer = await _owner.AskAsync(FeedMessages.Open, offer);
        return await _loop.AskAsync(() => Accept(line, FeedMessages.Read<FeedAnswer>(answer)));
    }

    private bool Accept(FeedLine line, FeedAnswer? answer)
    {
        if (_ended || line.Port.IsRemoved)
        {
            // It ended before the owner had heard of it.
            _ = _owner.AskAsync(FeedMessages.End, new FeedEnd(line.Name));
            return false;
        }

        if (answer is not null)
        {
            // First of all: what is private is to be known before a picture comes.
            bool wasPrivate = _room.IsPrivate;
            News.Apply(answer.Settings);
            if (_room.IsPrivate && !wasPrivate)
            {
                DropAll(but: line);
                Update();
            }
        }

        if (answer?.Sdp is not { } sdp || !line.Port.Peer.TryAcceptAnswer(_loop.Clock.Now, sdp, out _))
        {
            Drop(line);
            if (answer is null)
            {
                // The same node is asked again with the next look: at once, it might be asked thousands of times a second.
                _wasRefused = true;
                Renew();
            }

            return false;
        }

        MediaSection? video = line.Port.Peer.Sections.FirstOrDefault(section => section.Kind == MediaKind.Video);
        line.Mid = video?.Mid;
        line.Offered = video?.Codecs.Select(codec => codec.Codec).AsSet() ?? VideoFormats.None;
        _loop.Flush(line.Port);
        Update(line.Of, line.IsSecond);
        return true;
    }

    /// <summary>One connection brings the messages, whichever of them stands.</summary>
    private void Speak()
    {
        if (_speaker is null && Lines.All.FirstOrDefault(line => line.IsConnected) is { } first)
        {
            _speaker = first.Port;
            _loop.Call(first.Port, 0, static (peer, now, _) => peer.OpenChannel(now, "vision") >= 0);
        }
    }

    private void Hear(ReadOnlyMemory<byte> utf8)
    {
        bool wasPrivate = _room.IsPrivate;
        News.Hear(utf8);
        if (_room.IsPrivate && !wasPrivate)
        {
            // A new connection has nothing of before in it, however late a packet comes.
            DropAll();
            Update();
        }
    }

    /// <summary>Several times a second: whether the owner is still heard, and whether it knows who watches here.</summary>
    private void Look()
    {
        if (_ended)
        {
            return;
        }

        _wasRefused = false;
        Instant now = _loop.Clock.Now;
        if (now - _heard > s_maxSilence && !_owner.WasSoughtWithin(s_maxSilence))
        {
            Renew();
        }

        foreach (FeedLine line in Lines.All.ToArray())
        {
            if (now - _heard > s_broken && now - line.Begun > s_broken)
            {
                if (line is { Mid: not null, IsConnected: false })
                {
                    _reach.Failed(_owner.Node, now);
                    SendToOwner(line);
                }

                Drop(line);
            }
        }

        Update();
        foreach (FeedLine line in Lines.All)
        {
            _reports.Tell(line);
        }
    }

    private bool IsOutOfReach(FeedLine? line) =>
        line is not { IsConnected: true } && _reach.IsOut(_owner.Node, _loop.Clock.Now);

    /// <summary>If nothing arrives from there: those who wait for this copy are told where the owner is as they connect anew.</summary>
    private void SendToOwner(FeedLine line)
    {
        if (IsOutOfReach(line))
        {
            foreach (RoomMember member in _room.Members.All.Where(line.Serves).Where(member => member.Port is not null).ToArray())
            {
                _room.Close(member);
            }
        }
    }

    /// <summary>Asks who has the room, which may make it this node's own: then this has ended.</summary>
    private void Renew()
    {
        if (_ended)
        {
            return;
        }

        _owner.Seek(isAnother =>
        {
            if (isAnother && !_ended)
            {
                DropAll();
            }

            if (isAnother || !_wasRefused)
            {
                Update();
            }
        });
    }

    private void DropAll(FeedLine? but = null)
    {
        foreach (FeedLine line in Lines.All.Where(line => line != but).ToArray())
        {
            Drop(line);
        }
    }

    private void Drop(FeedLine line)
    {
        _speaker = _speaker == line.Port ? null : _speaker;
        Lines.Remove(line);
        _ = _owner.AskAsync(FeedMessages.End, new FeedEnd(line.Name));
    }
}
