using System.Text.Json;
using Rtc.Media;

namespace Rtc.Bench;

/// <summary>What a phone measures of what comes back to it: nothing until <see cref="Begin"/>, so that warming up does not count.</summary>
internal sealed class PhoneMeasurements(CaptureClock clock) : IMeasured
{
    private const double FreezeMs = 300;
    private const double OldestMs = 60_000;
    private readonly Dictionary<string, long> _levels = [];
    private double _lastPictureMs;
    private volatile bool _measuring;

    public Samples Latency { get; } = new();

    public Samples ResultLatency { get; } = new();

    public Samples Gaps { get; } = new();

    public Samples ServerMs { get; } = new();

    public Samples InferenceMs { get; } = new();

    public Samples QueueMs { get; } = new();

    public long Sent { get; private set; }

    public long Returned { get; private set; }

    public long Unreadable { get; private set; }

    public long Results { get; private set; }

    public int Freezes { get; private set; }

    public IReadOnlyDictionary<string, long> Levels => _levels;

    public string? Model { get; private set; }

    public string? Provider { get; private set; }

    /// <summary>Forgets what was counted so far: the run proper begins.</summary>
    public void Begin()
    {
        Sent = Returned = Results = Unreadable = 0;
        Freezes = 0;
        _lastPictureMs = _lastPictureMs == 0 ? CaptureClock.NowMs : _lastPictureMs;
        _measuring = true;
    }

    public void OnSent() => Sent++;

    public void OnPicture(Picture picture)
    {
        double now = CaptureClock.NowMs;
        double gap = now - _lastPictureMs;
        _lastPictureMs = now;
        if (!_measuring)
        {
            return;
        }

        Returned++;
        Gaps.Add(gap);
        Freezes += gap > FreezeMs ? 1 : 0;
        if (TimeCode.TryRead(picture, out uint code) && CaptureClock.AgeOf(code, now) is >= 0 and < OldestMs and var age)
        {
            Latency.Add(age);
        }
        else
        {
            Unreadable++;
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

        Results++;
        if (clock.AgeOfPicture(root.GetProperty("rtp_timestamp").GetUInt32(), now) is { } age)
        {
            ResultLatency.Add(age);
        }

        ServerMs.Add(root.GetProperty("inference_ts").GetDouble() - root.GetProperty("recv_ts").GetDouble());
        JsonElement timings = root.GetProperty("timings_ms");
        InferenceMs.Add(timings.GetProperty("detect").GetDouble());
        QueueMs.Add(timings.GetProperty("queue").GetDouble());
        string level = root.GetProperty("level").GetString()!;
        _levels[level] = _levels.GetValueOrDefault(level) + 1;
        Model = root.GetProperty("model").GetString();
        Provider = root.GetProperty("provider").GetString();
    }
}
