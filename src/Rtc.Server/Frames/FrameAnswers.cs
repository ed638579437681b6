using System.Threading.Channels;
using Rtc.Media;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Frames;

/// <summary>
/// The second half of one socket's work: draws a mapped frame and sends it while the worker is at the next one, in order.
/// Lends the worker the maps that it writes: there are two, so that no third frame is begun before the first is with its
/// client. A picture goes back as soon as it is drawn: a client that reads slowly costs two coded files and no picture.
/// </summary>
internal sealed class FrameAnswers : IDisposable
{
    private const int MaxFrames = 2;

    private readonly FrameSockets _shared;
    private readonly FrameOutbox _outbox;
    private readonly FrameQueue _queue;
    private readonly FrameDrawing _drawing;
    private readonly FrameRate _rate;
    private readonly Lock _gate = new();
    private readonly Channel<ClassMap> _maps = Channel.CreateBounded<ClassMap>(MaxFrames);
    private readonly Channel<MappedFrame> _mapped = Channel.CreateBounded<MappedFrame>(MaxFrames);
    private readonly Channel<DrawnFrame> _drawn = Channel.CreateBounded<DrawnFrame>(MaxFrames);

    public FrameAnswers(FrameSockets shared, FrameOutbox outbox, FrameQueue queue)
    {
        (_shared, _outbox, _queue) = (shared, outbox, queue);
        _drawing = new FrameDrawing(shared.Pool, shared.Time);
        _rate = new FrameRate(shared.Time);
        for (int i = 0; i < MaxFrames; i++)
        {
            _maps.Writer.TryWrite(new ClassMap());
        }
    }

    /// <summary>A map for the next frame, as soon as one may be begun.</summary>
    public ValueTask<ClassMap> BorrowMapAsync(CancellationToken stop) => _maps.Reader.ReadAsync(stop);

    /// <summary>Takes the frame over, and its map back. There is room for as many as there are maps.</summary>
    public void Put(MappedFrame frame)
    {
        if (!_mapped.Writer.TryWrite(frame))
        {
            frame.Dispose();
        }
    }

    /// <summary>Answers a second and the model's mean time.</summary>
    public (double Fps, double InferenceMs) Rate()
    {
        lock (_gate)
        {
            return _rate.Read();
        }
    }

    public async Task DrawAsync(CancellationToken stop)
    {
        while (true)
        {
            using MappedFrame frame = await _mapped.Reader.ReadAsync(stop);
            frame.QueueMs += frame.Error is null ? _shared.Time.GetElapsedTime(frame.MappedAt).TotalMilliseconds : 0;
            _drawn.Writer.TryWrite(_drawing.Draw(frame));
        }
    }

    public async Task SendAsync(CancellationToken stop)
    {
        while (true)
        {
            DrawnFrame drawn = await _drawn.Reader.ReadAsync(stop);
            await AnswerAsync(drawn, drawn.Of);
            _maps.Writer.TryWrite(drawn.Of.Map);
        }
    }

    /// <summary>After all loops have ended.</summary>
    public void Dispose()
    {
        _mapped.Writer.Complete();
        while (_mapped.Reader.TryRead(out MappedFrame? frame))
        {
            frame.Dispose();
        }
    }

    private async Task AnswerAsync(DrawnFrame drawn, MappedFrame frame)
    {
        if (frame.Error is { } error)
        {
            _shared.Metrics.Frame("failed");
            _shared.Metrics.Error(error.Code);
            await _outbox.SendAsync(error, FrameMessages.Error);
            return;
        }

        double fps;
        lock (_gate)
        {
            _rate.Add(frame.InferenceMs);
            (fps, _) = _rate.Read();
        }

        var result = new FrameResult
        {
            Id = frame.Id,
            Timestamp = frame.Timestamp,
            ModelMode = frame.Mode,
            Model = frame.Model,
            Classes = drawn.Classes,
            InferenceMs = frame.InferenceMs,
            QueueMs = frame.QueueMs,
            DecodeMs = frame.DecodeMs,
            DrawMs = frame.ChooseMs + drawn.DrawMs,
            Fps = fps,
            Dropped = _queue.Dropped,
        };
        byte[]? binary = frame.Id is { } id ? WithHeader(drawn, id, frame.Timestamp) : null;
        await _outbox.SendAsync((Result: result, File: binary is null ? drawn.File : []), static (into, answer) =>
            FrameMessages.Segmentation(into, answer.Result, answer.File), binary);
        Count(frame, result);
    }

    private void Count(MappedFrame frame, FrameResult result)
    {
        _shared.Metrics.Frame("answered");
        _shared.Metrics.StageTook("queue", result.QueueMs);
        _shared.Metrics.StageTook("decode", result.DecodeMs);
        _shared.Metrics.StageTook("inference", result.InferenceMs);
        _shared.Metrics.StageTook("draw", result.DrawMs);
        _shared.Metrics.Answered(_shared.Time.GetElapsedTime(frame.ReceivedAt).TotalMilliseconds);
    }

    private static byte[] WithHeader(DrawnFrame drawn, uint id, double timestamp)
    {
        byte[] message = new byte[FrameHeader.Length + drawn.File.Length];
        new FrameHeader(drawn.Kind, id, timestamp).Write(message);
        drawn.File.CopyTo(message, FrameHeader.Length);
        return message;
    }
}
