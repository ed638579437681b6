using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using Rtc.Media;
using Rtc.Media.Images;
using Rtc.Signaling.Frames;

namespace Rtc.Bench;

/// <summary>
/// One client of the frame socket: films a clip at its rate whatever the server does, sends each picture as JPEG in a binary
/// message, and measures from the file's sending to its mask.
/// </summary>
internal sealed class FrameUser(RunPlan plan, IFrameSource source, Uri address) : IAsyncDisposable
{
    // Pictures of the clip that are coded before the run: coding is the phone's affair.
    private const int Filmed = 60;

    private static readonly TimeSpan s_pauseLook = TimeSpan.FromMilliseconds(5);

    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<byte[]> _film = [];
    private long[] _sentAt = new long[1024];
    private Task _loops = Task.CompletedTask;
    private long _lastAnswer;
    private volatile bool _measuring;
    private volatile bool _paused;

    public UserMeasurements Figures { get; } = new();

    /// <summary>Decoding, preparing and drawing: what the server does beside the model.</summary>
    public Samples BesideMs { get; } = new();

    public long BytesSent { get; private set; }

    public long BytesReceived { get; private set; }

    public string? ClosedBecause { get; private set; }

    public async Task StartAsync()
    {
        using var pool = new PicturePool();
        for (int frame = 0; frame < Filmed; frame++)
        {
            using Picture picture = pool.Rent(plan.Width, plan.Height);
            source.Draw(picture, frame);
            byte[] jpeg = Jpeg.Encode(picture);
            byte[] message = new byte[FrameHeader.Length + jpeg.Length];
            jpeg.CopyTo(message, FrameHeader.Length);
            _film.Add(message);
        }

        await _socket.ConnectAsync(
            new UriBuilder(address) { Scheme = address.Scheme == Uri.UriSchemeHttps ? "wss" : "ws", Path = "/ws" }.Uri, _stop.Token);
        string init = plan.ModelMode is { } mode ? $$$"""{"type":"init","config":{"model_mode":"{{{mode}}}"}}""" : """{"type":"init"}""";
        await _socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(init), WebSocketMessageType.Text, true, _stop.Token);
        await ReadyAsync();
        _loops = Task.WhenAll(GuardAsync(SendAsync), GuardAsync(ReceiveAsync));
    }

    /// <summary>What came before was warm-up.</summary>
    public void Begin() => _measuring = true;

    /// <summary>Sends nothing until <see cref="Resume"/>, and measures nothing until <see cref="Begin"/>.</summary>
    public void Pause() => (_measuring, _paused, _lastAnswer) = (false, true, 0);

    public void Resume() => _paused = false;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loops;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task GuardAsync(Func<Task> loop)
    {
        try
        {
            await loop();
        }
        catch (OperationCanceledException)
        {
        }
        catch (WebSocketException error)
        {
            ClosedBecause ??= error.Message;
        }
    }

    private async Task ReadyAsync()
    {
        while (true)
        {
            JsonElement message = JsonDocument.Parse((await NextAsync()).Bytes).RootElement;
            string type = message.GetProperty("type").GetString()!;
            if (type == "error")
            {
                throw new RunFailedException(message.GetProperty("message").GetString()!);
            }

            if (type == "connected" && message.GetProperty("model_mode").ValueKind == JsonValueKind.String)
            {
                return;
            }
        }
    }

    private async Task SendAsync()
    {
        long began = Stopwatch.GetTimestamp();
        uint first = 0;
        for (uint id = 0; ; id++)
        {
            TimeSpan due = TimeSpan.FromSeconds((double)(id - first) / plan.FramesPerSecond) - Stopwatch.GetElapsedTime(began);
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due, _stop.Token);
            }

            while (_paused)
            {
                await Task.Delay(s_pauseLook, _stop.Token);
                (began, first) = (Stopwatch.GetTimestamp(), id);
            }

            byte[] message = _film[(int)(id % Filmed)];
            new FrameHeader(FrameKind.Jpeg, id, 0).Write(message);
            Volatile.Write(ref _sentAt[id % _sentAt.Length], Stopwatch.GetTimestamp());
            await _socket.SendAsync(message, WebSocketMessageType.Binary, true, _stop.Token);
            if (_measuring)
            {
                Figures.Sent++;
                BytesSent += message.Length;
            }
        }
    }

    private async Task ReceiveAsync()
    {
        JsonElement facts = default;
        while (true)
        {
            (WebSocketMessageType type, byte[] bytes) = await NextAsync();
            if (type == WebSocketMessageType.Binary)
            {
                Answered(bytes, facts);
                continue;
            }

            JsonElement message = JsonDocument.Parse(bytes).RootElement;
            switch (message.GetProperty("type").GetString())
            {
                case "segmentation":
                    facts = message.GetProperty("metadata");
                    break;
                case "stats" when _measuring:
                    Figures.AddLevel(message.GetProperty("level").GetString()!);
                    break;
                case "error":
                    Figures.Unreadable++;
                    ClosedBecause ??= message.GetProperty("message").GetString();
                    break;
                default:
                    break;
            }
        }
    }

    private void Answered(byte[] bytes, JsonElement facts)
    {
        long now = Stopwatch.GetTimestamp();
        if (_measuring)
        {
            uint id = BitConverter.ToUInt32(bytes, 4);
            Figures.Latency.Add(Stopwatch.GetElapsedTime(Volatile.Read(ref _sentAt[id % _sentAt.Length]), now).TotalMilliseconds);
            JsonElement times = facts.GetProperty("timings_ms");
            double Of(string stage) => times.GetProperty(stage).GetDouble();
            Figures.InferenceMs.Add(Of("inference"));
            Figures.QueueMs.Add(Of("queue"));
            BesideMs.Add(Of("decode") + Of("draw"));
            Figures.ServerMs.Add(Of("queue") + Of("decode") + Of("inference") + Of("draw"));
            if (_lastAnswer != 0)
            {
                Figures.AddGap(Stopwatch.GetElapsedTime(_lastAnswer, now).TotalMilliseconds);
            }

            Figures.Model = facts.GetProperty("model").GetString();
            Figures.Returned++;
            Figures.Results++;
            BytesReceived += bytes.Length;
        }

        _lastAnswer = now;
    }

    private async Task<(WebSocketMessageType Type, byte[] Bytes)> NextAsync()
    {
        using var whole = new MemoryStream();
        byte[] part = new byte[32 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult received = await _socket.ReceiveAsync(part.AsMemory(), _stop.Token);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                throw new WebSocketException(_socket.CloseStatusDescription ?? "the server closed the socket");
            }

            whole.Write(part, 0, received.Count);
            if (received.EndOfMessage)
            {
                return (received.MessageType, whole.ToArray());
            }
        }
    }
}
