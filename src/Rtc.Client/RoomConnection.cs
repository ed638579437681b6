using System.Threading.Channels;
using Rtc.Client.Media;
using Rtc.Peer;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;

namespace Rtc.Client;

/// <summary>
/// A place in a room, as its camera or as a viewer: encoded frames one way, results and messages the other, commands by a channel of
/// their own that loses nothing. Made by <see cref="RtcClient"/>; the caller that joined disposes it. Its streams end with it, and with an
/// <see cref="RtcException"/> of the code <c>closed</c> where the connection was lost. Owns a socket and a thread for its media.
/// </summary>
public sealed class RoomConnection : IAsyncDisposable
{
    // A reader that is slow loses the oldest messages, and frames up to the next key frame.
    private const int MaxWaitingMessages = 300;
    private const int MaxWaitingFrames = 60;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    // A server has one address for all: what comes from there on a socket of two peers would belong to either.
    private readonly UdpPeers _peers = new();
    private readonly SdpSession _session;
    private readonly RoomCommands _commands;
    private readonly Channel<DetectionsMessage> _detections = Waiting<DetectionsMessage>();
    private readonly Channel<RoomMessage> _messages = Waiting<RoomMessage>();
    private readonly Channel<EncodedFrame> _frames = Channel.CreateBounded<EncodedFrame>(MaxWaitingFrames);
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebRtcPeer _peer = null!;
    private string? _mid;
    private long _bitsPerSecond;
    private bool _skipsToKey;
    private int _keyWanted;
    private int _isDisposed;

    private RoomConnection(SdpSession session)
    {
        _session = session;
        _commands = new RoomCommands(_peers);
    }

    /// <summary>Completes with the reason once the connection has ended.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>What the connection carries now, for an encoder; 0 before it is known.</summary>
    public Bitrate TargetBitrate => new(Interlocked.Read(ref _bitsPerSecond));

    /// <summary>Whether a key frame was asked for since the last call: a viewer came, or one lost its thread.</summary>
    public bool TakeKeyFrameRequest() => Interlocked.Exchange(ref _keyWanted, 0) == 1;

    /// <summary>The room's picture, encoded, from a key frame on; each frame is the reader's to dispose. One reader at a time.</summary>
    public IAsyncEnumerable<EncodedFrame> FramesAsync(CancellationToken cancel = default) => _frames.Reader.ReadAllAsync(cancel);

    /// <summary>What is found, a message for each picture. One reader at a time.</summary>
    public IAsyncEnumerable<DetectionsMessage> DetectionsAsync(CancellationToken cancel = default) =>
        _detections.Reader.ReadAllAsync(cancel);

    /// <summary>Everything else that the room says: stats, notices, settings, who is there. One reader at a time.</summary>
    public IAsyncEnumerable<RoomMessage> MessagesAsync(CancellationToken cancel = default) => _messages.Reader.ReadAllAsync(cancel);

    /// <summary>
    /// Sends the camera's next frame, which stays the caller's. Its <see cref="EncodedFrame.RtpTimestamp"/> counts in 90 kHz. False
    /// where it can't be sent, as before the first key frame.
    /// </summary>
    public Task<bool> SendAsync(EncodedFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        string mid = _mid ?? throw new InvalidOperationException("a viewer sends no frames");
        return _peers.RunAsync(now => !_peer.IsClosed && _peer.SendVideo(now, mid, frame));
    }

    /// <summary>Changes settings of the whole room. Comes back once the server has done so; what it refuses is an exception.</summary>
    public Task ConfigureAsync(RoomSettings change, CancellationToken cancel = default) => _commands.ConfigureAsync(change, cancel);

    /// <summary>Puts the object at a point in focus, in fractions of the upright picture; there are the slots 0 and 1.</summary>
    public Task SelectAsync(double x, double y, int slot = 0, CancellationToken cancel = default) =>
        _commands.SelectAsync(x, y, slot, cancel);

    /// <summary>Ends the focus.</summary>
    public Task ReleaseAsync(CancellationToken cancel = default) => _commands.ReleaseAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
        {
            return;
        }

        End(null);
        await _session.EndAsync().ConfigureAwait(false);
        await Task.Run(_peers.Dispose).ConfigureAwait(false);
        while (_frames.Reader.TryRead(out EncodedFrame? frame))
        {
            frame.Dispose();
        }

        await _commands.DisposeAsync().ConfigureAwait(false);
    }

    internal static async Task<RoomConnection> OpenAsync(SdpSession session, OfferPlan plan, CancellationToken cancel)
    {
        var connection = new RoomConnection(session);
        try
        {
            await connection.ConnectAsync(plan, cancel).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static Channel<T> Waiting<T>() => Channel.CreateBounded<T>(
        new BoundedChannelOptions(MaxWaitingMessages) { FullMode = BoundedChannelFullMode.DropOldest });

    private async Task ConnectAsync(OfferPlan plan, CancellationToken cancel)
    {
        string offer = await _peers.RunAsync(now =>
        {
            _peer = _peers.Add(now, Hear);
            _commands.Open(now, _peer, _peer.OpenChannel(now, "vision", ordered: false, maxRetransmits: 0));
            return _peer.CreateOffer(now, plan);
        }).ConfigureAwait(false);
        string answer = await _session.OfferAsync(offer, cancel).ConfigureAwait(false);
        string? error = await _peers.RunAsync(now => _peer.TryAcceptAnswer(now, answer, out string? why) ? null : why)
            .ConfigureAwait(false);
        if (error is not null)
        {
            throw new RtcException(RtcException.BadAnswer, $"The server's answer can't be used: {error}");
        }

        _mid = await _peers.RunAsync(_ => _peer.Sections.FirstOrDefault(section => section is { Kind: MediaKind.Video, Sends: true })?.Mid)
            .ConfigureAwait(false);
        try
        {
            await _connected.Task.WaitAsync(s_patience, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            throw new RtcException(
                RtcException.Timeout, $"No way to the server's media port was found within {s_patience.TotalSeconds} s.", late);
        }
    }

    /// <summary>On the thread of the peers.</summary>
    private void Hear(WebRtcPeer peer, PeerEvent happened, Instant now)
    {
        switch (happened.Kind)
        {
            case PeerEventKind.Connected:
                _connected.TrySetResult();
                break;
            case PeerEventKind.VideoFrame:
                Hear(happened.Frame!, happened.Mid!, now);
                break;
            case PeerEventKind.KeyFrameNeeded:
                Interlocked.Exchange(ref _keyWanted, 1);
                break;
            case PeerEventKind.BitrateChanged:
                Interlocked.Exchange(ref _bitsPerSecond, happened.Bitrate.BitsPerSecond);
                break;
            case PeerEventKind.ChannelOpened:
                _commands.Opened(happened.ChannelId);
                break;
            case PeerEventKind.ChannelMessage:
                Hear(happened.Payload.Span);
                break;
            case PeerEventKind.Closed:
                End(new RtcException(RtcException.Closed, $"The connection ended: {happened.Reason}"));
                break;
        }
    }

    private void Hear(EncodedFrame frame, string mid, Instant now)
    {
        if ((!_skipsToKey || frame.IsKey) && _frames.Writer.TryWrite(frame))
        {
            _skipsToKey = false;
            return;
        }

        if (!_skipsToKey && _isDisposed == 0)
        {
            _peer.RequestKeyFrame(now, mid);
        }

        _skipsToKey = true;
        frame.Dispose();
    }

    private void Hear(ReadOnlySpan<byte> utf8)
    {
        if (!MessageReader.TryRead(utf8, out RoomMessage? message, out double? pong))
        {
            _commands.Answered(pong);
            return;
        }

        if (message is DetectionsMessage found)
        {
            _detections.Writer.TryWrite(found);
            return;
        }

        if (message is NoticeMessage notice)
        {
            _commands.Noticed(notice);
        }

        _messages.Writer.TryWrite(message);
    }

    private void End(RtcException? error)
    {
        RtcException end = error ?? new RtcException(RtcException.Closed, "The connection was closed.");
        _ended.TrySetResult(end.Message);
        _connected.TrySetException(end);
        _ = _connected.Task.Exception; // a wait that has ended already has nobody to hear of it
        _commands.End(end);
        _detections.Writer.TryComplete(error);
        _messages.Writer.TryComplete(error);
        _frames.Writer.TryComplete(error);
    }
}
