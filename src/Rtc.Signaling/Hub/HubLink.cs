using Microsoft.AspNetCore.SignalR;

namespace Rtc.Signaling.Hub;

/// <summary>
/// One hub connection as the rooms see it. What its client doesn't read piles up in here and nowhere else: results and
/// statistics are then left out, for newer ones come; a client that doesn't even read the rest is cut off.
/// </summary>
internal sealed class HubLink(IClientProxy client, HubCallerContext connection) : IMemberLink
{
    internal const int MaxPerishable = 8;
    internal const int MaxUnread = 256;
    private int _unread;

    public void Send(string method, object message)
    {
        int unread = Volatile.Read(ref _unread);
        if (unread >= MaxUnread)
        {
            connection.Abort();
            return;
        }

        if (unread >= MaxPerishable && method is ("detections" or "stats"))
        {
            return;
        }

        Task sending = client.SendAsync(method, message);
        if (!sending.IsCompleted)
        {
            Interlocked.Increment(ref _unread);
            _ = sending.ContinueWith(
                _ => Interlocked.Decrement(ref _unread), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }
}
