using System.Text.Json;
using Rtc.Media;

namespace Rtc.Bench;

/// <summary>What a phone measures of what comes back to it: nothing until <see cref="Begin"/>, so that warming up does not count.</summary>
internal sealed class PhoneMeasurements(CaptureClock clock)
{
    private const double OldestMs = 60_000;
    private double _lastPictureMs;
    private volatile bool _measuring;

    public UserMeasurements Figures { get; } = new();

    /// <summary>Forgets what was counted so far: the run proper begins.</summary>
    public void Begin()
    {
        Figures.Sent = Figures.Returned = Figures.Results = Figures.Unreadable = 0;
        Figures.Freezes = 0;
        _lastPictureMs = _lastPictureMs == 0 ? CaptureClock.NowMs : _lastPictureMs;
        _measuring = true;
    }

    public void OnSent() => Figures.Sent++;

    public void OnPicture(Picture picture)
    {
        double now = CaptureClock.NowMs;
        double gap = now - _lastPictureMs;
        _lastPictureMs = now;
        if (!_measuring)
        {
            return;
        }

        Figures.Returned++;
        Figures.AddGap(gap);
        if (TimeCode.TryRead(picture, out uint code) && CaptureClock.AgeOf(code, now) is >= 0 and < OldestMs and var age)
        {
            Figures.Latency.Add(age);
        }
        else
        {
            Figures.Unreadable++;
        }
    }

    public void OnMessage(ReadOnlySpan<byte> utf8)
    {
        double now = CaptureClock.NowMs;
        var reader = new Utf8JsonReader(utf8);
        using JsonDocument message = JsonDocument.ParseValue(ref reader);
        JsonElement root = message.RootElement;
        if (root.GetProperty("type").GetString() != "detections" || !_measuring)
        {
            return;
        }

        Figures.Results++;
        if (clock.AgeOfPicture(root.GetProperty("rtp_timestamp").GetUInt32(), now) is { } age)
        {
            Figures.ResultLatency.Add(age);
        }

        Figures.ServerMs.Add(root.GetProperty("inference_ts").GetDouble() - root.GetProperty("recv_ts").GetDouble());
        JsonElement timings = root.GetProperty("timings_ms");
        Figures.InferenceMs.Add(timings.GetProperty("detect").GetDouble());
        Figures.QueueMs.Add(timings.GetProperty("queue").GetDouble());
        Figures.AddLevel(root.GetProperty("level").GetString()!);
        Figures.Model = root.GetProperty("model").GetString();
        Figures.Provider = root.GetProperty("provider").GetString();
    }
}
