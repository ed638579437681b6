using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rtc.Client.Media;
using Rtc.Peer;

namespace Rtc.Client;

/// <summary>
/// What a member asks of its room, one after another, on a channel that is ordered and reliable. A ping behind each command tells
/// that the server has come to it; a refusal is a notice. Owned by <see cref="RoomConnection"/>.
/// </summary>
internal sealed class RoomCommands(UdpPeers peers) : IAsyncDisposable
{
    // Notices come by the channel of the detections, which repeats nothing.
    private const int MaxNoticePings = 10;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_noticePatience = TimeSpan.FromSeconds(1);

    /// <summary>Notices that say no to a command; the others come by themselves.</summary>
    private static readonly HashSet<string> s_refusals =
        ["bad_value", "bad_message", "forbidden", "message_too_large", "privacy_guarded", "too_many_messages"];

    private readonly SemaphoreSlim _turn = new(1);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private WebRtcPeer _peer = null!;
    private TaskCompletionSource? _waiting;
    private NoticeMessage? _refusal;
    private RtcException? _end;
    private bool _asks;
    private int _channel = -1;
    private int _vision = -1;
    private long _last;

    /// <param name="now">The time.</param>
    /// <param name="peer">Whose channels these are.</param>
    /// <param name="vision">The channel by which messages come.</param>
    public void Open(Instant now, WebRtcPeer peer, int vision)
    {
        (_peer, _vision) = (peer, vision);
        _channel = peer.OpenChannel(now, "commands");
    }

    public void Opened(int channel)
    {
        if (channel == _channel)
        {
            _open.TrySetResult();
        }
    }

    public Task ConfigureAsync(RoomSettings change, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(change);
        JsonObject message = JsonSerializer.SerializeToNode(change, ClientJson.Default.RoomSettings)!.AsObject();
        message.Insert(0, "type", "configure");
        return AskAsync(message, cancel);
    }

    public Task SelectAsync(double x, double y, int slot, CancellationToken cancel) =>
        AskAsync(new JsonObject { ["type"] = "select", ["x"] = x, ["y"] = y, ["slot"] = slot }, cancel);

    public Task ReleaseAsync(CancellationToken cancel) => AskAsync(new JsonObject { ["type"] = "release" }, cancel);

    public void Noticed(NoticeMessage notice)
    {
        lock (_gate)
        {
            if (_asks && s_refusals.Contains(notice.Code))
            {
                _refusal = notice;
            }
        }
    }

    public void Answered(double? pong)
    {
        lock (_gate)
        {
            if (pong == _last)
            {
                _waiting?.TrySetResult();
            }
        }
    }

    /// <summary>Nothing is answered any more.</summary>
    public void End(RtcException error)
    {
        _open.TrySetException(error);
        _ = _open.Task.Exception;
        lock (_gate)
        {
            _end = error;
            _waiting?.TrySetException(error);
        }
    }

    /// <summary>After <see cref="End"/>: those that still wait have their answer first.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    private async Task AskAsync(JsonObject message, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await _open.Task.WaitAsync(s_patience, cancel).ConfigureAwait(false);
            lock (_gate)
            {
                (_asks, _refusal) = (true, null);
            }

            await AnsweredAsync(_channel, message, s_patience, cancel).ConfigureAwait(false);
            await NoticesAsync(cancel).ConfigureAwait(false);
            lock (_gate)
            {
                if (_refusal is { } refusal)
                {
                    throw new RtcException(refusal.Code, refusal.Message);
                }
            }
        }
        catch (TimeoutException late)
        {
            throw new RtcException(RtcException.Timeout, $"The room did not answer within {s_patience.TotalSeconds} s.", late);
        }
        finally
        {
            lock (_gate)
            {
                (_asks, _waiting) = (false, null);
            }

            _turn.Release();
        }
    }

    /// <summary>A pong by the channel of the notices comes behind those that were sent before.</summary>
    private async Task NoticesAsync(CancellationToken cancel)
    {
        for (int tries = 0; tries < MaxNoticePings; tries++)
        {
            try
            {
                await AnsweredAsync(_vision, null, s_noticePatience, cancel).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
                // One of the two was lost.
            }
        }
    }

    private async Task AnsweredAsync(int channel, JsonObject? message, TimeSpan patience, CancellationToken cancel)
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long id;
        lock (_gate)
        {
            if (_end is not null)
            {
                throw _end;
            }

            _waiting = waiting;
            id = ++_last;
        }

        var ping = new JsonObject { ["type"] = "ping", ["id"] = id };
        byte[][] sent = [.. new[] { message, ping }.OfType<JsonObject>().Select(one => Encoding.UTF8.GetBytes(one.ToJsonString()))];
        if (!await peers.RunAsync(now => Array.TrueForAll(sent, one => _peer.SendMessage(now, channel, one, isText: true)))
            .ConfigureAwait(false))
        {
            throw new RtcException(RtcException.Closed, "The command can't be sent: the channel takes none.");
        }

        await waiting.Task.WaitAsync(patience, cancel).ConfigureAwait(false);
    }
}
