using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Rtc.Media;
using Rtc.Media.Images;
using Rtc.Server.Tests.Hosting;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Tests.Frames;

/// <summary>A WebSocket client of the frame socket that shares no code with the pages.</summary>
internal sealed class FrameClient : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly ClientWebSocket _socket = new();

    public WebSocketCloseStatus? Closed => _socket.CloseStatus;

    public static async Task<FrameClient> OpenAsync(RunningHost host, string query = "", string? bearer = null)
    {
        var client = new FrameClient();
        if (bearer is not null)
        {
            client._socket.Options.SetRequestHeader("Authorization", "Bearer " + bearer);
        }

        using var limit = new CancellationTokenSource(s_patience);
        await client._socket.ConnectAsync(
            new UriBuilder(host.Client.BaseAddress!) { Scheme = "ws", Path = "/ws", Query = query }.Uri, limit.Token);
        return client;
    }

    /// <summary>Connected and initialised; the next message is an answer.</summary>
    public static async Task<FrameClient> ReadyAsync(RunningHost host, string mode = "motion")
    {
        FrameClient client = await OpenAsync(host);
        await client.NextAsync("connected");
        await client.SendAsync($$$$"""{"type":"init","config":{"model_mode":"{{{{mode}}}}","resolution":{"width":64,"height":48}}}""");
        JsonElement ready = await client.NextAsync("connected");
        Assert.Equal(mode, ready.GetProperty("model_mode").GetString());
        return client;
    }

    public static byte[] Picture(int width = 64, int height = 48, byte luma = 90)
    {
        using var pool = new PicturePool();
        using Picture picture = pool.Rent(width, height);
        for (int y = 0; y < height; y++)
        {
            picture.RowY(y).Fill(luma);
        }

        for (int y = 0; y < picture.ChromaHeight; y++)
        {
            picture.RowU(y).Fill(128);
            picture.RowV(y).Fill(128);
        }

        return Jpeg.Encode(picture);
    }

    public static string Frame(byte[] jpeg, double timestamp = 5) => $$"""{"type":"frame","data":"{{Convert.ToBase64String(jpeg)}}","timestamp":{{timestamp}}}""";

    public static byte[] Binary(byte[] jpeg, uint id, double timestamp = 5)
    {
        byte[] message = new byte[FrameHeader.Length + jpeg.Length];
        new FrameHeader(FrameKind.Jpeg, id, timestamp).Write(message);
        jpeg.CopyTo(message, FrameHeader.Length);
        return message;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public async Task SendAsync(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Binary)
    {
        using var limit = new CancellationTokenSource(s_patience);
        await _socket.SendAsync(bytes, type, endOfMessage: true, limit.Token);
    }

    /// <summary>The next message but stats; null where the server closed.</summary>
    public async Task<(WebSocketMessageType Type, byte[] Bytes)?> NextAsync()
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (true)
        {
            using var whole = new MemoryStream();
            byte[] part = new byte[16 * 1024];
            WebSocketReceiveResult received;
            do
            {
                received = await _socket.ReceiveAsync(part, limit.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                whole.Write(part, 0, received.Count);
            }
            while (!received.EndOfMessage);
            byte[] bytes = whole.ToArray();
            if (received.MessageType == WebSocketMessageType.Binary
                || !Encoding.UTF8.GetString(bytes).StartsWith("{\"type\":\"stats\"", StringComparison.Ordinal))
            {
                return (received.MessageType, bytes);
            }
        }
    }

    public async Task<JsonElement> NextAsync(string type)
    {
        (WebSocketMessageType Type, byte[] Bytes)? next = await NextAsync();
        Assert.True(next is { Type: WebSocketMessageType.Text }, $"no {type}");
        JsonElement message = JsonDocument.Parse(next.Value.Bytes).RootElement;
        Assert.True(type == message.GetProperty("type").GetString(), message.GetRawText());
        return message;
    }

    public async Task ExpectErrorAsync(string code)
    {
        JsonElement error = await NextAsync("error");
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Equal(code != "UNAUTHORISED", error.GetProperty("recoverable").GetBoolean());
        Assert.False(string.IsNullOrWhiteSpace(error.GetProperty("message").GetString()));
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
