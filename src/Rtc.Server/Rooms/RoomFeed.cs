using Rtc.Peer;
using Rtc.Peer.Sdp;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// Where a room that another node owns gets its pictures and messages from: one peer connection to that node for each view that is
/// watched here, whose frames go to the viewers as they are. What they ask of the room goes to the owner. Belongs to the media loop and
/// to its <see cref="Room"/>.
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
    private readonly FeedOwner _owner;
    private readonly FeedLine?[] _lines = new FeedLine?[2];
    private readonly Timer _timer;
    private PeerSlot? _speaker;
    private Instant _heard;
    private bool _ended;

    public RoomFeed(Room room, MediaLoop loop, PeerFactory peers, IRoomOwners owners, string owner)
    {
        (_room, _loop, _peers) = (room, loop, peers);
        _owner = new FeedOwner(room.Name, loop, owners, owner);
        News = new FeedNews(room);
        Commands = new FeedCommands(room, loop, _owner);
        _heard = loop.Clock.Now;
        _timer = new Timer(_ => _loop.Post(Look), null, s_look, s_look);
    }

    /// <summary>What the owner says.</summary>
    public FeedNews News { get; }

    /// <summary>What members ask of it.</summary>
    public FeedCommands Commands { get; }

    /// <summary>True once the owner has agreed to send this view; false where it does not.</summary>
    public Task<bool> OpenAsync(RoomView view) =>
        _ended ? Task.FromResult(false)
        : _owner.IsSought ? OpenFoundAsync(view)
        : (_lines[(int)view] ?? Begin(view))?.Opened ?? Task.FromResult(false);

    /// <summary>Members came, went or watch another view.</summary>
    public void Update()
    {
        for (int i = 0; i < _lines.Length && !_ended; i++)
        {
            bool wanted = IsWanted((RoomView)i);
            if (wanted && _lines[i] is null && !_owner.IsSought)
            {
                Begin((RoomView)i);
            }
            else if (!wanted && _lines[i] is { } line)
            {
                Drop(line);
                Speak();
            }
        }
    }

    public void AskForKeyFrame(RoomView view)
    {
        if (_lines[(int)view] is { Mid: { } mid } line)
        {
            _loop.Call(line.Port, mid, static (peer, now, mid) =>
            {
                peer.RequestKeyFrame(now, mid);
                return true;
            });
        }
    }

    public void OnEvent(PeerSlot port, ref PeerEvent happened)
    {
        if (Array.Find(_lines, known => known?.Port == port) is not { } line)
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
                    _room.Media.OnRelayed(frame, line.View);
                }

                break;
            case PeerEventKind.ChannelMessage when port == _speaker:
                _heard = _loop.Clock.Now;
                Hear(happened.Payload);
                break;
            case PeerEventKind.Connected:
                line.IsConnected = true;
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

    private bool IsWanted(RoomView view)
    {
        for (int i = 0; i < _room.Members.All.Count; i++)
        {
            if (_room.Members.All[i].View == view)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Null where this node can take no copy more; its next look tries again.</summary>
    private FeedLine? Begin(RoomView view)
    {
        if (!_loop.HasRoomForOwnSocket || _peers.TryCreateFeed(_loop.Clock) is not (var peer, var socket))
        {
            return null;
        }

        PeerSlot port = _loop.Add(peer, this, socket);
        string sdp = peer.CreateOffer(
            _loop.Clock.Now, new OfferPlan { Video = [MediaDirection.ReceiveOnly], DataChannel = true, Codecs = [VideoCodec.Vp8] });
        _loop.Flush(port);
        var line = new FeedLine(view, port, _loop.Clock.Now) { Told = FeedAudience.Of(_room.Members.All, view) };
        _lines[(int)view] = line;
        line.Opened = OpenAsync(line, sdp);
        return line;
    }

    private async Task<bool> OpenFoundAsync(RoomView view)
    {
        await _owner.Sought;
        return await await _loop.AskAsync(() => OpenAsync(view));
    }

    private async Task<bool> OpenAsync(FeedLine line, string sdp)
    {
        string? answer = await _owner.AskAsync(FeedMessages.Open, new FeedOffer(line.Name, line.Told, sdp));
        return await _loop.AskAsync(() => Accept(line, FeedMessages.Read<FeedAnswer>(answer)));
    }

    private bool Accept(FeedLine line, FeedAnswer? answer)
    {
        if (_ended || _lines[(int)line.View] != line)
        {
            // It ended before the owner had heard of it.
            _ = _owner.AskAsync(FeedMessages.End, new FeedEnd(line.Name));
            return false;
        }

        if (answer is not null)
        {
            // First of all: what is private is to be known before a picture comes.
            News.Apply(answer.Settings);
        }

        if (answer?.Sdp is not { } sdp || !line.Port.Peer.TryAcceptAnswer(_loop.Clock.Now, sdp, out _))
        {
            Drop(line);
            if (answer is null)
            {
                Renew();
            }

            return false;
        }

        line.Mid = line.Port.Peer.Sections.FirstOrDefault(section => section.Kind == MediaKind.Video)?.Mid;
        _loop.Flush(line.Port);
        return true;
    }

    /// <summary>One connection brings the messages, whichever of them stands.</summary>
    private void Speak()
    {
        if (_speaker is null && Array.Find(_lines, line => line is { IsConnected: true }) is { } first)
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

        Instant now = _loop.Clock.Now;
        if (now - _heard > s_maxSilence && !_owner.WasSoughtWithin(s_maxSilence))
        {
            Renew();
        }

        foreach (FeedLine? line in _lines)
        {
            if (line is not null && now - _heard > s_broken && now - line.Begun > s_broken)
            {
                Drop(line);
            }
        }

        Update();
        foreach (FeedLine? line in _lines)
        {
            if (line is { Mid: not null, IsTelling: false }
                && FeedAudience.Of(_room.Members.All, line.View) is var audience
                && !audience.IsLike(line.Told))
            {
                line.Told = audience;
                _ = TellAsync(line);
            }
        }
    }

    private async Task TellAsync(FeedLine line)
    {
        line.IsTelling = true;
        await _owner.AskAsync(FeedMessages.Audience, line.Told);
        _loop.Post(() => line.IsTelling = false);
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

            Update();
        });
    }

    private void DropAll()
    {
        foreach (FeedLine? line in _lines)
        {
            if (line is not null)
            {
                Drop(line);
            }
        }
    }

    private void Drop(FeedLine line)
    {
        _lines[(int)line.View] = null;
        _speaker = _speaker == line.Port ? null : _speaker;
        _loop.Remove(line.Port);
        _ = _owner.AskAsync(FeedMessages.End, new FeedEnd(line.Name));
    }
}
