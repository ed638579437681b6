using System.Diagnostics.Metrics;

namespace Rtc.Server.Metrics;

/// <summary>Instruments of the frame sockets, made with the first of them.</summary>
internal sealed class FrameMetrics
{
    private static readonly double[] s_seconds = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

    private readonly Counter<long> _frames;
    private readonly Counter<long> _errors;
    private readonly Histogram<double> _stage;
    private readonly Histogram<double> _age;

    public FrameMetrics(RtcMetrics metrics, Func<int> sockets)
    {
        Meter meter = metrics.Meter;
        _frames = meter.CreateCounter<long>(
            "rtc.frame_socket.frames", "{frame}", "Frames that came over WebSockets, by what became of them");
        _errors = meter.CreateCounter<long>("rtc.frame_socket.errors", "{error}", "Errors told to clients of frame sockets, by code");
        InstrumentAdvice<double> advice = new() { HistogramBucketBoundaries = s_seconds };
        _stage = meter.CreateHistogram("rtc.frame_socket.stage.duration", "s", "Time that one stage took for one frame", advice: advice);
        _age = meter.CreateHistogram("rtc.frame_socket.frame.age", "s", "From a whole frame's arrival to its answer", advice: advice);
        meter.CreateObservableGauge("rtc.frame_socket.connections", () => sockets(), "{connection}", "Open frame sockets");
    }

    /// <summary>Outcomes: answered, dropped, failed.</summary>
    public void Frame(string outcome) => _frames.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Error(string code) => _errors.Add(1, new KeyValuePair<string, object?>("code", code));

    /// <summary>Stages: queue, decode, inference, draw.</summary>
    public void StageTook(string stage, double milliseconds) =>
        _stage.Record(milliseconds / 1000, new KeyValuePair<string, object?>("stage", stage));

    public void Answered(double milliseconds) => _age.Record(milliseconds / 1000);
}
