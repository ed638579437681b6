using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>What an invocation came to: a result, or the server's own "code: sentence".</summary>
internal sealed record HubAnswer(JsonElement Result, string? Error)
{
    public string? Code => Error?.Split(':')[0];
}

/// <summary>
/// A client of the hub with nothing between it and the socket: it writes SignalR's JSON records itself, so that it can
/// also write those that no SignalR client would.
/// </summary>
internal sealed class HubClient : IAsyncDisposable
{
    private const char RecordEnd = '\u001e';
    private static readonly TimeSpan s_patience = Patience.Time;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TaskCompletionSource<HubAnswer>> _calls = [];
    private readonly List<(string Target, JsonElement Body)> _pushed = [];
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private int _lastCall;

    /// <summary>Ends with what the server said when it closed the connection.</summary>
    public Task<string> Closed => _closed.Task.WaitAsync(s_patience);

    public bool IsClosed => _closed.Task.IsCompleted;

    public static async Task<HubClient> OpenAsync(ServerProcess server)
    {
        HubClient client = await OpenSilentAsync(server);
        await client.SendRecordAsync("""{"protocol":"json","version":1}""");
        await client.UntilAsync(() => client._greeted, "the handshake was not answered");
        return client;
    }

    /// <summary>A WebSocket to the hub on which nothing was said yet.</summary>
    public static async Task<HubClient> OpenSilentAsync(ServerProcess server, string? origin = null)
    {
        var client = new HubClient();
        if (origin is not null)
        {
            client._socket.Options.SetRequestHeader("Origin", origin);
        }

        await client._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/hub"), new CancellationTokenSource(s_patience).Token);
        client._reading = Task.Run(client.ReadAsync);
        return client;
    }

    public Task<HubAnswer> JoinAsync(
        string room, string role = "viewer", string? token = null, string? resume = null, string? view = null) =>
        CallAsync("Join", new JsonObject { ["room"] = room, ["role"] = role, ["token"] = token, ["resume"] = resume, ["view"] = view });

    public Task<HubAnswer> CallAsync(string method, params JsonNode?[] arguments) =>
        CallRawAsync(method, new JsonArray(arguments).ToJsonString());

    /// <summary>The arguments as they stand, JSON or not.</summary>
    public async Task<HubAnswer> CallRawAsync(string method, string arguments)
    {
        var answer = new TaskCompletionSource<HubAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        string id;
        lock (_gate)
        {
            id = (++_lastCall).ToString(CultureInfo.InvariantCulture);
            _calls[id] = answer;
        }

        await SendRecordAsync(
            $$"""{"type":1,"invocationId":"{{id}}","target":{{JsonValue.Create(method).ToJsonString()}},"arguments":{{arguments}}}""");
        if (await Task.WhenAny(answer.Task, _closed.Task).WaitAsync(s_patience) != answer.Task)
        {
            return new HubAnswer(default, await _closed.Task);
        }

        return await answer.Task;
    }

    public Task SendRecordAsync(string json) => SendTextAsync(json + RecordEnd);

    public async Task SendTextAsync(string text)
    {
        await _writing.WaitAsync();
        try
        {
            await _socket.SendAsync(
                Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, new CancellationTokenSource(s_patience).Token);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>The newest message of that name, waited for where none came yet.</summary>
    public async Task<JsonElement> PushedAsync(string target, Func<JsonElement, bool>? wanted = null)
    {
        JsonElement found = default;
        await UntilAsync(() => TryFind(target, wanted, out found), $"no {target} came");
        return found;
    }

    public bool Heard(string target, Func<JsonElement, bool>? wanted = null) => TryFind(target, wanted, out _);

    /// <summary>Breaks the connection without a word.</summary>
    public void Drop() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _reading;
        _stop.Dispose();
        _writing.Dispose();
    }

    private volatile bool _greeted;

    private bool TryFind(string target, Func<JsonElement, bool>? wanted, out JsonElement found)
    {
        lock (_gate)
        {
            int at = _pushed.FindLastIndex(pushed => pushed.Target == target && (wanted is null || wanted(pushed.Body)));
            found = at < 0 ? default : _pushed[at].Body;
            return at >= 0;
        }
    }

    private async Task UntilAsync(Func<bool> holds, string otherwise)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            Task arrived = _arrived.Task;
            if (holds())
            {
                return;
            }

            TimeSpan left = s_patience - Stopwatch.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || IsClosed)
            {
                throw new TimeoutException(IsClosed ? $"{otherwise}: closed, {await _closed.Task}" : otherwise);
            }

            await Task.WhenAny(arrived, _closed.Task, Task.Delay(left));
        }
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        using var text = new MemoryStream();
        string end = "the socket broke";
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult part = await _socket.ReceiveAsync(buffer.AsMemory(), _stop.Token);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    end = _error ?? _socket.CloseStatusDescription ?? "closed";
                    break;
                }

                foreach (byte one in buffer.AsSpan(0, part.Count))
                {
                    if (one == RecordEnd)
                    {
                        Take(JsonDocument.Parse(text.ToArray()).RootElement);
                        text.SetLength(0);
                    }
                    else
                    {
                        text.WriteByte(one);
                    }
                }
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            end = _error ?? end;
        }

        _closed.TrySetResult(end);
    }

    private string? _error;

    private void Take(JsonElement record)
    {
        lock (_gate)
        {
            switch (record.TryGetProperty("type", out JsonElement type) ? type.GetInt32() : 0)
            {
                case 0:
                    _greeted = !record.TryGetProperty("error", out JsonElement refused);
                    _error = _greeted ? null : refused.GetString();
                    break;
                case 1:
                    _pushed.Add((record.GetProperty("target").GetString()!, record.GetProperty("arguments")[0]));
                    break;
                case 3 when _calls.Remove(record.GetProperty("invocationId").GetString()!, out TaskCompletionSource<HubAnswer>? call):
                    string? error = record.TryGetProperty("error", out JsonElement why) ? Own(why.GetString()!) : null;
                    call.SetResult(new HubAnswer(record.TryGetProperty("result", out JsonElement result) ? result : default, error));
                    break;
                case 7:
                    _error = record.TryGetProperty("error", out JsonElement reason) ? Own(reason.GetString()!) : null;
                    break;
                default:
                    break;
            }

            TaskCompletionSource arrived = _arrived;
            _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
            arrived.TrySetResult();
        }
    }

    /// <summary>The server's own words behind SignalR's.</summary>
    private static string Own(string message)
    {
        const string Before = "HubException: ";
        int at = message.IndexOf(Before, StringComparison.Ordinal);
        return at < 0 ? message : message[(at + Before.Length)..];
    }
}
