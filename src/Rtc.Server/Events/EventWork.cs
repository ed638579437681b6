using Rtc.Server.Accounts;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Server.Rules;
using Rtc.Signaling;
using Rtc.Store;
using Rtc.Store.Events;

namespace Rtc.Server.Events;

/// <summary>
/// Writes down what rules tell, one after another, and only then tells anybody: an event that somebody heard of is there after a kill.
/// Owns the loop that does it.
/// </summary>
internal sealed partial class EventWork(
    RuleBook book, RuleShelf shelf, EventTable events, EventFeed feed, EventClips clips, RoomRegistry rooms, RtcOptions options,
    TimeProvider time, ILogger<EventWork> log) : IStoreWorker, IDisposable
{
    private const int ThumbnailWidth = 320;

    /// <summary>The next picture is a thirtieth of a second away; where none comes the event goes without.</summary>
    private const int PictureLooks = 25;

    private static readonly TimeSpan s_pictureLook = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_storeLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_reload = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private ITimer? _timer;
    private long _dropped;

    public void Begin()
    {
        if (_timer is null)
        {
            _timer = time.CreateTimer(_ => _ = Task.Run(LoadAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            _loop = Task.Run(RunAsync);
        }
    }

    public async Task EndAsync(CancellationToken cancel)
    {
        await _stopping.CancelAsync();
        await _loop.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _stopping.Dispose();
    }

    private async Task LoadAsync()
    {
        bool isRead = false;
        try
        {
            await shelf.LoadAsync(_stopping.Token);
            isRead = true;
        }
        catch (Exception error)
        {
            // Whatever it is: rules that were not read would sleep until the next start.
            LogLater(log, error.Message);
        }

        // Several programs may share a database; alone it is read once.
        if (!_stopping.IsCancellationRequested && (!isRead || options.Store.Connection is not null))
        {
            _timer!.Change(s_reload, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task RunAsync()
    {
        CancellationToken stop = _stopping.Token;
        try
        {
            await foreach (RuleNews news in book.News.ReadAllAsync(stop))
            {
                try
                {
                    await WriteAsync(news, stop);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    // The others have their turn all the same.
                    LogLost(log, error, news.Rule.Rule.Id, news.Room);
                }

                if (book.Dropped is var dropped && dropped != _dropped)
                {
                    LogDropped(log, dropped - _dropped);
                    _dropped = dropped;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task WriteAsync(RuleNews news, CancellationToken stop)
    {
        if (news.Happened is not { } happened)
        {
            await UntilStoredAsync(() => shelf.MoveAsync(news.Room, news.Rule, stop), stop);
            return;
        }

        byte[]? picture = await TryPictureAsync(news.Room, stop);
        RuleActions actions = news.Rule.Actions;
        StoredEvent stored = EventView.Stored(news.Room, happened);
        var telling = new EventTelling(actions.Webhook, actions.Mqtt);
        Guid key = Guid.CreateVersion7(time.GetUtcNow());
        StoredEvent written = await UntilStoredAsync(() => events.AddAsync(stored, picture, telling, key, stop), stop);
        feed.Tell();
        if (actions.Record is { } span)
        {
            await clips.AddAsync(written.Id, news, span, stop);
        }
    }

    /// <summary>Null where there is none to be had, whatever keeps it: the event is worth more than its picture.</summary>
    private async Task<byte[]?> TryPictureAsync(RoomName name, CancellationToken stop)
    {
        try
        {
            return await PictureAsync(name, stop);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogNoPicture(log, error, name);
            return null;
        }
    }

    /// <summary>As the room shows itself: blurred where it is private.</summary>
    private async Task<byte[]?> PictureAsync(RoomName name, CancellationToken stop)
    {
        if (await rooms.FindRoomAsync(name.ToString()) is not { } room)
        {
            return null;
        }

        for (int look = 0; look < PictureLooks && !room.Pipeline.HasNextPicture; look++)
        {
            await Task.Delay(s_pictureLook, stop);
        }

        return room.Pipeline.TrySnapshot(ThumbnailWidth, out byte[]? jpeg) ? jpeg : null;
    }

    private async Task<T> UntilStoredAsync<T>(Func<Task<T>> write, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return await write();
            }
            catch (StoreUnavailableException error)
            {
                LogLater(log, error.InnerException?.Message ?? error.Message);
                await Task.Delay(s_storeLook, time, stop);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store does not answer; rules and events wait: {Reason}")]
    private static partial void LogLater(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} events came faster than they could be written and are lost")]
    private static partial void LogDropped(ILogger log, long count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An event in {Room} goes without its picture")]
    private static partial void LogNoPicture(ILogger log, Exception error, RoomName room);

    [LoggerMessage(Level = LogLevel.Error, Message = "An event of the rule {Rule} in {Room} could not be written")]
    private static partial void LogLost(ILogger log, Exception error, string rule, RoomName room);
}
