using System.Buffers;
using System.Net.WebSockets;
using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Load;
using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Frames;

/// <summary>
/// One client's frame socket: a loop that reads messages, one that finds the classes of the newest frame, one that draws it
/// and one that sends it, one that loads the profile that is wanted, and one that tells stats. Ends with the connection; what belongs to it
/// goes with it.
/// </summary>
internal sealed partial class FrameSession : IAsyncDisposable
{
    // A frame in base64 with what stands around it.
    private const int TextAround = 4096;

    // A worker that gives way to others rests this long at most.
    private static readonly TimeSpan s_maxRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_statsEvery = TimeSpan.FromSeconds(1);

    // The rate of detections does not count here: one frame at a time is all a socket asks for.
    private const double EnoughRate = 1000;

    private readonly WebSocket _socket;
    private readonly FrameSockets _shared;
    private readonly CancellationTokenSource _ending;
    private readonly FrameOutbox _outbox;
    private readonly FrameQueue _queue = new();
    private readonly FramePace _pace;
    private readonly FrameAnswers _answers;
    private readonly MessageRate _messages;
    private readonly LevelPolicy _level = new();
    private readonly ProfileSwitch _profile;
    private volatile FrameView _view = new();

    public FrameSession(WebSocket socket, FrameSockets shared, CancellationTokenSource ending)
    {
        (_socket, _shared, _ending) = (socket, shared, ending);
        _outbox = new FrameOutbox(socket, TimeSpan.FromSeconds(shared.Limits.SendSeconds), ending.Token);
        _pace = new FramePace(shared.Time);
        _answers = new FrameAnswers(shared, _outbox, _queue);
        _messages = new MessageRate(shared.Limits.MessagesPerSecond);
        _profile = new ProfileSwitch(shared);
    }

    public async Task RunAsync()
    {
        Func<CancellationToken, Task>[] loops =
            [ReadAsync, WorkAsync, _answers.DrawAsync, _answers.SendAsync, LoadAsync, TellAsync, StopAsync];
        await Task.WhenAll(loops.Select(GuardAsync));
    }

    public ValueTask DisposeAsync()
    {
        _queue.Dispose();
        _answers.Dispose();
        _profile.Dispose();
        _outbox.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The first loop that ends, ends all: a connection that broke says so here and there.</summary>
    private async Task GuardAsync(Func<CancellationToken, Task> loop)
    {
        try
        {
            await loop(_ending.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException or ObjectDisposedException or IOException)
        {
            // The client is gone, or was told to go.
        }
        catch (Exception error)
        {
            LogFailed(_shared.Log, error);
        }
        finally
        {
            await _ending.CancelAsync();
        }
    }

    /// <summary>Waits for the server's end, and tells the client of it.</summary>
    private async Task StopAsync(CancellationToken stop)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = _shared.Stopping.Register(stopping.SetResult);
        await stopping.Task.WaitAsync(stop);
        await _outbox.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "the server stops");

        // The reader hears the client's answer, and ends this wait with everything else.
        await Task.Delay(s_goodbye, _shared.Time, stop);
    }

    /// <summary>
    /// Reads what the client sent before it heard of the end: unread bytes would reset the connection and take the word with them.
    /// </summary>
    private async Task LeaveAsync(MessageReader reader, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(s_goodbye);
        ReceivedMessage message;
        do
        {
            message = await reader.ReadAsync(limit.Token);
            if (message.Rented is { } rented)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
        while (message.Type != WebSocketMessageType.Close);
    }

    private async Task ReadAsync(CancellationToken stop)
    {
        await ConnectedAsync();
        int maxText = checked((int)Math.Min(int.MaxValue / 2, (_shared.Limits.FrameBytes * 4L / 3) + TextAround));
        var reader = new MessageReader(_socket, maxText);
        long began = _shared.Time.GetTimestamp();
        while (true)
        {
            ReceivedMessage message = await reader.ReadAsync(stop);
            try
            {
                if (message.Type == WebSocketMessageType.Close)
                {
                    await _outbox.CloseAsync(WebSocketCloseStatus.NormalClosure, null);
                    return;
                }

                FrameError? error;
                switch (_messages.Take(_shared.Time.GetElapsedTime(began), 0))
                {
                    case MessageVerdict.Accepted:
                        error = message.IsTooLarge || message.Length > (
                            message.Type == WebSocketMessageType.Binary ? _shared.Limits.FrameBytes + FrameHeader.Length : maxText)
                            ? FrameError.TooLarge($"A frame may have {_shared.Limits.FrameBytes} bytes (Segmentation:FrameBytes).")
                            : Handle(ref message);
                        break;
                    case MessageVerdict.RefusedAloud:
                        error = FrameError.Overloaded("Too many messages from this client (Segmentation:MessagesPerSecond).");
                        break;
                    case MessageVerdict.Flood:
                        await _outbox.CloseAsync(WebSocketCloseStatus.PolicyViolation, "too many messages");
                        await LeaveAsync(reader, stop);
                        return;
                    default:
                        error = null;
                        break;
                }

                if (error is not null)
                {
                    await ErrorAsync(error);
                }
            }
            finally
            {
                if (message.Rented is { } rented)
                {
                    ArrayPool<byte>.Shared.Return(rented);
                }
            }
        }
    }

    /// <summary>Takes the message's memory where it held a frame.</summary>
    private FrameError? Handle(ref ReceivedMessage message)
    {
        byte[] memory = message.Rented!;
        if (message.Type == WebSocketMessageType.Binary)
        {
            return !FrameHeader.TryParse(memory.AsSpan(0, message.Length), out FrameHeader header, out string? problem)
                ? FrameError.BadMessage(problem!)
                : message.Length == FrameHeader.Length ? FrameError.BadImage("it is empty")
                : Frame(ref message, FrameHeader.Length, message.Length - FrameHeader.Length, header.Id, header.Timestamp);
        }

        if (!FrameCommand.TryParse(memory.AsMemory(0, message.Length), _view, out FrameCommand command, out FrameError? error))
        {
            return error;
        }

        switch (command.Kind)
        {
            case FrameCommandKind.Init:
                return (long)command.Width * command.Height > _shared.MaxPixels
                    ? FrameError.TooLarge($"{command.Width}×{command.Height} is larger than {_shared.MaxPixels} pixels (Limits:MaxPixels).")
                    : _profile.Want(command.ModelMode ?? _profile.Current ?? _profile.First());
            case FrameCommandKind.ChangeMode:
                return _profile.IsInitialised ? _profile.Want(command.ModelMode!) : FrameError.NotInitialised;
            case FrameCommandKind.UpdateView:
                _view = command.View!;
                return null;
            default:
                return command.Picture.Length > _shared.Limits.FrameBytes
                    ? FrameError.TooLarge($"A frame may have {_shared.Limits.FrameBytes} bytes (Segmentation:FrameBytes).")
                    : Frame(ref message, command.Picture.Start, command.Picture.Length, null, command.Timestamp
                        ?? _shared.Time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }

    private FrameError? Frame(ref ReceivedMessage message, int start, int length, uint? id, double timestamp)
    {
        if (!_profile.IsInitialised)
        {
            return FrameError.NotInitialised;
        }

        if (_shared.Load.MemoryRefusal is { } refusal)
        {
            return FrameError.Overloaded(refusal.Message);
        }

        var frame = new PendingFrame(message.Rented!, start, length, id, timestamp, _shared.Time.GetTimestamp());
        message = message with { Rented = null };
        bool isNext = _pace.Arrives();
        if (_queue.Put(frame))
        {
            _shared.Metrics.Frame("dropped");
        }

        // Decoded while the model has the one before, where a processor is free for that.
        if (isNext && _shared.AtWork.CurrentCount > 0 && _shared.Ahead.Wait(0))
        {
            frame.DecodeAhead(_shared.Decoder, _shared.Ahead);
        }

        return null;
    }

    private async Task WorkAsync(CancellationToken stop)
    {
        while (true)
        {
            await _profile.ReadyAsync(stop);
            ClassMap map = await _answers.BorrowMapAsync(stop);
            using PendingFrame frame = await _queue.TakeAsync(stop);
            long waited = _shared.Time.GetTimestamp();
            await _shared.AtWork.WaitAsync(stop);
            MappedFrame mapped;
            DegradationStep step = DegradationStep.Of(_level.Current);
            double queueMs = _shared.Time.GetElapsedTime(waited).TotalMilliseconds;
            _pace.RunBegins();
            try
            {
                // Between two frames, so that no picture is lost to a switch.
                mapped = _profile.Take().Map(frame, _view, step.InputScale, map);
            }
            finally
            {
                _pace.RunEnds();
                _shared.AtWork.Release();
            }

            mapped.QueueMs += queueMs;
            if (mapped.Error is null)
            {
                _level.Update(_shared.Time.GetUtcNow().ToUnixTimeMilliseconds(), mapped.QueueMs, EnoughRate);
            }

            // Under load a socket leaves the model to others for so many times as long as it had it.
            TimeSpan rest = (step.DetectEveryTaken - 1)
                * TimeSpan.FromMilliseconds(mapped.DecodeMs + mapped.InferenceMs + mapped.ChooseMs);
            _answers.Put(mapped);
            if (rest > TimeSpan.Zero)
            {
                await Task.Delay(rest < s_maxRest ? rest : s_maxRest, _shared.Time, stop);
            }
        }
    }

    private async Task LoadAsync(CancellationToken stop)
    {
        while (true)
        {
            FrameError? error = await _profile.LoadNextAsync(stop);
            if (error is not null)
            {
                await ErrorAsync(error);
            }

            await ConnectedAsync();
        }
    }

    private async Task TellAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(s_statsEvery, _shared.Time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            if (!_profile.IsInitialised)
            {
                continue;
            }

            await _outbox.TrySendAsync(
                (Rate: _answers.Rate(), Session: this),
                static (into, told) => FrameMessages.Stats(into, told.Rate.Fps, told.Rate.InferenceMs, told.Session._queue.Waiting,
                    told.Session._queue.Dropped, told.Session._level.Current.Name()));
        }
    }

    private Task ConnectedAsync()
    {
        IReadOnlyList<ProfileInfo> profiles = _shared.Models.Profiles;
        (string? mode, IReadOnlyList<string> labels) = _profile.Describe(profiles);
        return _outbox.SendAsync(
            (Mode: mode, Profiles: profiles, Labels: labels),
            static (into, told) => FrameMessages.Connected(
                into,
                told.Mode,
                told.Profiles.Where(profile => profile.Problem is null).Select(profile => profile.Name),
                told.Profiles.Where(profile => profile.Problem is not null).Select(profile => (profile.Name, profile.Problem!)),
                FrameStyles.Defaults(told.Labels)));
    }

    private Task ErrorAsync(FrameError error)
    {
        _shared.Metrics.Error(error.Code);
        return _outbox.SendAsync(error, FrameMessages.Error);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A frame socket ended by an error")]
    private static partial void LogFailed(ILogger log, Exception error);
}
