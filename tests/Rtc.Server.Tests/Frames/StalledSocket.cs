using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

namespace Rtc.Server.Tests.Frames;

/// <summary>
/// A client in the server's own process, which takes a message of the server only when the test says so; stats aside, which
/// come by the clock.
/// </summary>
internal sealed class StalledSocket : WebSocket
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly Channel<(byte[] Bytes, WebSocketMessageType Type)> _toServer =
        Channel.CreateUnbounded<(byte[] Bytes, WebSocketMessageType Type)>();
    private readonly Channel<string> _fromServer = Channel.CreateUnbounded<string>();
    private readonly SemaphoreSlim _mayTake = new(0);
    private int _said;
    private int _asked;

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => WebSocketState.Open;

    public override string? SubProtocol => null;

    public void Say(string text) => Say(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public void Say(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Binary)
    {
        _said++;
        _toServer.Writer.TryWrite((bytes, type));
    }

    /// <summary>The server has handled everything that was said, and asks for more.</summary>
    public async Task HeardAllAsync()
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (Volatile.Read(ref _asked) <= _said)
        {
            await Task.Delay(5, limit.Token);
        }
    }

    /// <summary>Waits for the server to send something, and holds it up until <see cref="Take"/>.</summary>
    public async Task<string> OfferedAsync()
    {
        using var limit = new CancellationTokenSource(s_patience);
        return await _fromServer.Reader.ReadAsync(limit.Token);
    }

    public void Take() => _mayTake.Release();

    /// <summary>Takes the next message, whatever it is.</summary>
    public async Task<string> NextAsync()
    {
        string text = await OfferedAsync();
        Take();
        return text;
    }

    public override async ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        (byte[] bytes, WebSocketMessageType type) = await _toServer.Reader.ReadAsync(cancellationToken);
        bytes.CopyTo(buffer);
        return new ValueWebSocketReceiveResult(bytes.Length, type, endOfMessage: true);
    }

    public override async ValueTask SendAsync(
        ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        string text = messageType == WebSocketMessageType.Text ? Encoding.UTF8.GetString(buffer.Span) : "binary";
        if (text.StartsWith("{\"type\":\"stats\"", StringComparison.Ordinal))
        {
            return;
        }

        _fromServer.Writer.TryWrite(text);
        await _mayTake.WaitAsync(cancellationToken);
    }

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override Task SendAsync(
        ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        SendAsync(buffer.AsMemory(), messageType, endOfMessage, cancellationToken).AsTask();

    public override void Abort() => _toServer.Writer.TryComplete(new WebSocketException("aborted"));

    public override Task CloseAsync(
        WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task CloseOutputAsync(
        WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose() => _mayTake.Dispose();
}
