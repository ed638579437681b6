using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Routes;

/// <summary>A hub connection that follows jobs and joins no room: SignalR's JSON records, read one by one.</summary>
internal sealed class JobStream : IAsyncDisposable
{
    private const char RecordEnd = '\u001e';
    private const int StreamInvocation = 4;
    private const int Ping = 6;

    private readonly ClientWebSocket _socket = new();
    private readonly Queue<string> _records = new();
    private string _rest = string.Empty;

    public static async Task<JobStream> OpenAsync(RunningHost host, string? key = null)
    {
        var stream = new JobStream();
        if (key is not null)
        {
            stream._socket.Options.SetRequestHeader("X-API-Key", key);
        }

        var address = new UriBuilder(host.Client.BaseAddress!) { Scheme = "ws", Path = "/hub" };
        await stream._socket.ConnectAsync(address.Uri, TestContext.Current.CancellationToken);
        await stream.SendAsync("""{"protocol":"json","version":1}""");
        await stream.RecordAsync();
        return stream;
    }

    public Task FollowAsync(string invocation, string job) => SendAsync(new JsonObject
    {
        ["type"] = StreamInvocation,
        ["invocationId"] = invocation,
        ["target"] = "FollowJob",
        ["arguments"] = new JsonArray(new JsonObject { ["job_id"] = job }),
    }.ToJsonString());

    /// <summary>The next item or completion.</summary>
    public async Task<JsonNode> NextAsync()
    {
        while (true)
        {
            JsonNode message = JsonNode.Parse(await RecordAsync())!;
            if ((int)message["type"]! != Ping)
            {
                return message;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> RecordAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        while (_records.Count == 0)
        {
            WebSocketReceiveResult read = await _socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            Assert.Equal(WebSocketMessageType.Text, read.MessageType);
            string[] parts = (_rest + Encoding.UTF8.GetString(buffer, 0, read.Count)).Split(RecordEnd);
            _rest = parts[^1];
            foreach (string record in parts[..^1])
            {
                _records.Enqueue(record);
            }
        }

        return _records.Dequeue();
    }

    private Task SendAsync(string record) => _socket.SendAsync(
        Encoding.UTF8.GetBytes(record + RecordEnd), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
}
