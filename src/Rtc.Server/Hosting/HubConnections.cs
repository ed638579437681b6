using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Rtc.Server.Hosting;

/// <summary>
/// The hub's open connections, so that a stop can end each in order: what was written leaves, then the close. A host that
/// stops by itself cuts them with whatever they still hold.
/// </summary>
internal sealed class HubConnections
{
    private readonly ConcurrentDictionary<ConnectionContext, bool> _open = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for the server itself, until it closes.
    private int _requests = 1;
    private int _closing;

    /// <summary>The innermost part of a connection's path, before the hub.</summary>
    public async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        _open[connection] = true;
        if (Volatile.Read(ref _closing) != 0)
        {
            connection.Transport.Input.CancelPendingRead();
        }

        try
        {
            await next(connection);
        }
        finally
        {
            _open.TryRemove(connection, out _);
        }
    }

    /// <summary>A request under the hub's address: it lasts until the last byte of its connection has left.</summary>
    public async Task OnRequestAsync(HttpContext context, RequestDelegate next)
    {
        Interlocked.Increment(ref _requests);
        try
        {
            await next(context);
        }
        finally
        {
            End();
        }
    }

    /// <summary>Ends every connection, and comes back when the last of them has ended; a second signal waits for the same.</summary>
    public Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _closing, 1) == 0)
        {
            foreach (ConnectionContext connection in _open.Keys)
            {
                // To the hub it is as if its client had left: it says goodbye and completes the pipe, which is then emptied.
                connection.Transport.Input.CancelPendingRead();
            }

            End();
        }

        return _ended.Task;
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _requests) == 0)
        {
            _ended.TrySetResult();
        }
    }
}
