using System.Text;
using System.Text.Json;
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

    /// <summary>Said to the feed alone, or to those who are at the owner.</summary>
    private static readonly HashSet<string> s_notPassedOn =
    [
        "view_changed", "mode_changed", "peer_closed", "no_offer", "too_many_messages", "replaced", "server_draining", "server_stopping",
    ];

    private readonly Room _room;
    private readonly MediaLoop _loop;
    private readonly PeerFactory _peers;
    private readonly IRoomOwners _owners;
    private readonly FeedLine?[] _lines = new FeedLine?[2];
    private readonly HashSet<PeerId> _spoke = [];
    private readonly Timer _timer;
    private string _owner;
    private string? _model;
    private PeerSlot? _speaker;
    private byte[]? _peersMessage;
    private Instant _heard;
    private Instant _asked;
    private Task _renewal = Task.CompletedTask;
    private bool _renewing;
    private bool _ended;

    public RoomFeed(Room room, MediaLoop loop, PeerFactory peers, IRoomOwners owners, string owner)
    {
        (_room, _loop, _peers, _owners, _owner) = (room, loop, peers, owners, owner);
        _heard = loop.Clock.Now;
        _timer = new Timer(_ => _loop.Post(Look), null, s_look, s_look);
    }

    /// <summary>As the owner has them.</summary>
    public SettingsMessage Settings
    {
        get
        {
            SettingsMessage here = SettingsMapping.ToMessage(_room.Pipeline.Settings);
            return _model is null ? here : here with { Model = _model };
        }
    }

    /// <summary>True once the owner has agreed to send this view; false where it does not.</summary>
    public Task<bool> OpenAsync(RoomView view) =>
        _ended ? Task.FromResult(false)
        : _renewing ? OpenRenewedAsync(view)
        : (_lines[(int)view] ?? Begin(view))?.Opened ?? Task.FromResult(false);

    /// <summary>Members came, went or watch another view.</summary>
    public void Update()
    {
        for (int i = 0; i < _lines.Length && !_ended; i++)
        {
            bool wanted = IsWanted((RoomView)i);
            if (wanted && _lines[i] is null && !_renewing)
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

    /// <summary>Has the owner do it; a refusal comes back as a notice.</summary>
    public void Pass(RoomMember member, Func<FeedCommand, FeedCommand> command)
    {
        _spoke.Add(member.Id);
        _ = PassAsync(member, command(new FeedCommand(member.Id.ToString(), member.Name, member.Rights)));
    }

    public void OnLeft(RoomMember member)
    {
        if (_spoke.Remove(member.Id))
        {
            _ = PassAsync(member, new FeedCommand(member.Id.ToString(), member.Name, member.Rights) { Leave = true });
        }
    }

    /// <summary>Who is in the room, as the owner said last, to somebody who came since.</summary>
    public void RepeatPeers()
    {
        if (_peersMessage is { } last)
        {
            _room.Messages.PassOn("peers", last);
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
                OnMessage(happened.Payload);
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

    private async Task<bool> OpenRenewedAsync(RoomView view)
    {
        await _renewal;
        return await await _loop.AskAsync(() => OpenAsync(view));
    }

    private async Task<bool> OpenAsync(FeedLine line, string sdp)
    {
        string? answer = await AskAsync(FeedMessages.Open, new FeedOffer(line.Name, line.Told, sdp));
        return await _loop.AskAsync(() => Accept(line, FeedMessages.Read<FeedAnswer>(answer)));
    }

    private bool Accept(FeedLine line, FeedAnswer? answer)
    {
        if (_ended || _lines[(int)line.View] != line)
        {
            // It ended before the owner had heard of it.
            _ = AskAsync(FeedMessages.End, new FeedEnd(line.Name));
            return false;
        }

        if (answer is not null)
        {
            // First of all: what is private is to be known before a picture comes.
            Apply(answer.Settings);
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

    private void OnMessage(ReadOnlyMemory<byte> utf8)
    {
        (string type, string? code) = FeedMessages.Head(utf8.Span);
        switch (type)
        {
            case "settings":
                bool wasPrivate = _room.IsPrivate;
                Apply(FeedMessages.Read<SettingsMessage>(Encoding.UTF8.GetString(utf8.Span)) ?? new SettingsMessage());
                if (_room.IsPrivate && !wasPrivate)
                {
                    // A new connection has nothing of before in it, however late a packet comes.
                    DropAll();
                    Update();
                }

                break;
            case "peers":
                _peersMessage = utf8.ToArray();
                break;
            case "notice" when code is null || s_notPassedOn.Contains(code):
                return;
            case not ("notice" or "detections" or "stats"):
                return;
        }

        _room.Messages.PassOn(type, utf8.ToArray());
    }

    private void Apply(SettingsMessage settings)
    {
        _model = settings.Model ?? _model;
        _room.Privacy.Follow(settings);
    }

    /// <summary>Several times a second: whether the owner is still heard, and whether it knows who watches here.</summary>
    private void Look()
    {
        if (_ended)
        {
            return;
        }

        Instant now = _loop.Clock.Now;
        if (now - _heard > s_maxSilence && now - _asked > s_maxSilence)
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
        await AskAsync(FeedMessages.Audience, line.Told);
        _loop.Post(() => line.IsTelling = false);
    }

    private async Task PassAsync(RoomMember member, FeedCommand command)
    {
        FeedRefusal? answer = FeedMessages.Read<FeedRefusal>(await AskAsync(FeedMessages.Command, command));
        NoticeMessage? refused = answer is null
            ? new NoticeMessage("cluster_unavailable", "The node that has the room does not answer; ask again.", Recoverable: true)
            : answer.Code is { } code ? new NoticeMessage(code, answer.Message ?? string.Empty, Recoverable: true) : null;
        if (refused is not null)
        {
            _loop.Post(() =>
            {
                _room.Messages.Tell(member, refused);
                if (command.Settings is not null)
                {
                    // Its page shows what it asked for.
                    _room.Messages.SendSettings(member);
                }
            });
        }
    }

    /// <summary>Off the loop, which waits for nobody.</summary>
    private Task<string?> AskAsync<T>(string kind, T message)
    {
        string owner = _owner;
        return Task.Run(() => _owners.AskAsync(owner, _room.Name, kind, FeedMessages.Write(message)));
    }

    /// <summary>The owner may be gone: asks who has the room, which may make it this node's own.</summary>
    private void Renew()
    {
        if (!_renewing && !_ended)
        {
            _renewing = true;
            _asked = _loop.Clock.Now;
            _renewal = RenewAsync();
        }
    }

    private async Task RenewAsync()
    {
        string? owner = await Task.Run(() => _owners.FindAsync(_room.Name));
        await _loop.AskAsync(() =>
        {
            _renewing = false;
            if (!_ended && owner is not null && owner != _owner)
            {
                _owner = owner;
                DropAll();
            }

            // Where nobody can say, the next look asks again.
            _asked = owner is null ? default : _asked;
            Update();
            return true;
        }, evenLate: true);
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
        _ = AskAsync(FeedMessages.End, new FeedEnd(line.Name));
    }
}
