using System.Net;
using System.Threading.Channels;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Sdp;

namespace Rtc.Server.Network;

/// <summary>
/// One end of a call of the program to itself: a peer with a socket and a loop of its own on loopback. Received
/// pictures and messages wait in channels; as the far end it sends both straight back.
/// </summary>
internal sealed class LoopbackPeer : IPeerOwner, IDisposable
{
    private const string Label = "vision";

    private readonly MediaLoop _loop;
    private readonly WebRtcPeer _peer;
    private readonly PeerSlot _port;
    private readonly bool _echoes;
    private readonly Channel<EncodedFrame> _frames = Channel.CreateBounded<EncodedFrame>(
        new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest },
        static dropped => dropped.Dispose());

    private readonly Channel<string> _messages = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _channel = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _keyNeeded;

    public LoopbackPeer(bool echoes, ILogger<MediaLoop> log)
    {
        _echoes = echoes;
        var clock = new MediaClock();
        _loop = new MediaLoop(clock, IPAddress.Loopback, 0, log);
        _peer = new WebRtcPeer(
            new PeerOptions
            {
                Identity = DtlsIdentity.Create(),
                Random = SystemRandom.Instance,
                LocalCandidates = [new LocalCandidate(TransportAddress.From(IPAddress.Loopback, _loop.Port), CandidateKind.Host)],
                NtpAtOrigin = clock.NtpAtOrigin,
            },
            clock.Now);
        _port = _loop.Add(_peer, this);
        _loop.Start();
    }

    public Instant Now => _loop.Clock.Now;

    public Task Connected => _connected.Task;

    public ChannelReader<EncodedFrame> Frames => _frames.Reader;

    public ChannelReader<string> Messages => _messages.Reader;

    /// <summary>The other end lost its thread: the next picture has to be a key frame.</summary>
    public bool TakeKeyNeed()
    {
        bool needed = _keyNeeded;
        _keyNeeded = false;
        return needed;
    }

    /// <summary>Video both ways in VP8 and a data channel, where no other plan is given.</summary>
    public Task<string> OfferAsync(OfferPlan? plan = null) => _loop.AskAsync(() => Flushed(
        _peer.CreateOffer(
            _loop.Clock.Now,
            plan ?? new OfferPlan { Video = [MediaDirection.SendReceive], DataChannel = true, Codecs = [VideoCodec.Vp8] })));

    public Task<string> AnswerAsync(string offer) => _loop.AskAsync(() =>
        _peer.TryAnswer(_loop.Clock.Now, offer, new AnswerPolicy { Codecs = [VideoCodec.Vp8] }, out string answer, out string? error)
            ? Flushed(answer)
            : throw new InvalidOperationException($"our own offer was refused: {error}"));

    public Task<bool> AcceptAsync(string answer) => _loop.AskAsync(() =>
        _peer.TryAcceptAnswer(_loop.Clock.Now, answer, out string? error)
            ? Flushed(true)
            : throw new InvalidOperationException($"our own answer was refused: {error}"));

    public async Task SendAsync(string text)
    {
        int channel = await _channel.Task;
        _loop.Post(() => Flushed(_peer.SendMessage(_loop.Clock.Now, channel, System.Text.Encoding.UTF8.GetBytes(text), isText: true)));
    }

    public void Send(EncodedFrame frame) => _loop.Post(() => SendOnLoop(frame));

    public void OnEvent(PeerSlot port, ref PeerEvent happened)
    {
        switch (happened.Kind)
        {
            case PeerEventKind.Connected:
                if (!_echoes)
                {
                    Flushed(_peer.OpenChannel(_loop.Clock.Now, Label));
                }

                _connected.TrySetResult();
                break;
            case PeerEventKind.VideoFrame when _echoes:
                SendOnLoop(happened.Frame!);
                break;
            case PeerEventKind.VideoFrame:
                _frames.Writer.TryWrite(happened.Frame!);
                break;
            case PeerEventKind.ChannelOpened:
                _channel.TrySetResult(happened.ChannelId);
                break;
            case PeerEventKind.ChannelMessage when _echoes:
                Flushed(_peer.SendMessage(_loop.Clock.Now, happened.ChannelId, happened.Payload.Span, isText: true));
                break;
            case PeerEventKind.ChannelMessage:
                _messages.Writer.TryWrite(System.Text.Encoding.UTF8.GetString(happened.Payload.Span));
                break;
            case PeerEventKind.KeyFrameNeeded when _echoes:
                if (Mid is { } mid)
                {
                    _peer.RequestKeyFrame(_loop.Clock.Now, mid);
                    _loop.Flush(_port);
                }

                break;
            case PeerEventKind.KeyFrameNeeded:
                _keyNeeded = true;
                break;
            case PeerEventKind.Closed:
                _connected.TrySetException(new InvalidOperationException(happened.Reason ?? "closed"));
                break;
        }
    }

    public void Dispose()
    {
        _loop.Dispose();
        while (_frames.Reader.TryRead(out EncodedFrame? frame))
        {
            frame.Dispose();
        }
    }

    private string? Mid => _peer.Sections.FirstOrDefault(section => section.Kind == MediaKind.Video)?.Mid;

    private void SendOnLoop(EncodedFrame frame)
    {
        using (frame)
        {
            if (Mid is { } mid && !_port.IsRemoved)
            {
                _peer.SendVideo(_loop.Clock.Now, mid, frame);
                _loop.Flush(_port);
            }
        }
    }

    private T Flushed<T>(T value)
    {
        _loop.Flush(_port);
        return value;
    }
}
