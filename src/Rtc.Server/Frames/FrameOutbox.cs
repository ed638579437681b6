using System.Buffers;
using System.Net.WebSockets;

namespace Rtc.Server.Frames;

/// <summary>
/// Everything that one socket is sent, one message at a time. The sender waits, so that a client that does not read holds
/// up its own frames; one that reads nothing for a while loses its connection.
/// </summary>
internal sealed class FrameOutbox(WebSocket socket, TimeSpan patience, CancellationToken stop) : IDisposable
{
    private static readonly TimeSpan s_closeLimit = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ArrayBufferWriter<byte> _text = new();

    /// <summary>A text message, and right behind it a binary one where there is one.</summary>
    public async Task SendAsync<TState>(TState state, Action<IBufferWriter<byte>, TState> write, byte[]? file = null)
    {
        await _turn.WaitAsync(stop);
        try
        {
            await WriteAsync(state, write, file);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The same where nobody else is sending; else not at all. For what the next one makes up for.</summary>
    public async Task TrySendAsync<TState>(TState state, Action<IBufferWriter<byte>, TState> write)
    {
        if (!await _turn.WaitAsync(0, stop))
        {
            return;
        }

        try
        {
            await WriteAsync(state, write, null);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends what is sent; the client's answer ends the rest.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string? reason)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(s_closeLimit);
        await _turn.WaitAsync(limit.Token);
        try
        {
            await socket.CloseOutputAsync(status, reason, limit.Token);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task WriteAsync<TState>(TState state, Action<IBufferWriter<byte>, TState> write, byte[]? file)
    {
        _text.ResetWrittenCount();
        write(_text, state);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(patience);
        try
        {
            await socket.SendAsync(_text.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, limit.Token);
            if (file is not null)
            {
                await socket.SendAsync(file, WebSocketMessageType.Binary, endOfMessage: true, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // A send that was cut short has left half a message on the wire: nothing can follow it.
            socket.Abort();
            throw;
        }
    }
}
