using Rtc.Media;
using Rtc.Server.Metrics;
using Rtc.Server.Options;
using Rtc.Signaling;

namespace Rtc.Server.Load;

/// <summary>
/// How much the server has to do, sampled once a second: processor (mean of ten seconds, of the quota where there is one),
/// lateness of the media loop (median of ten seconds' worst) and memory. Past a limit nobody new is let in; the
/// rooms that are open go on. One for each host; the autoscaler, readiness and admission all follow it.
/// </summary>
internal sealed class ServerLoad : IDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);
    private const int Window = 10;
    private const double WholeLatenessMs = 1000;

    private readonly ILoadSources _sources;
    private readonly TimeProvider _time;
    private readonly PictureMemory _pictures;
    private readonly RtcMetrics _metrics;
    private readonly LoadMeasure _processor;
    private readonly LoadMeasure _lateness;
    private readonly LoadMeasure _memory;
    private readonly Queue<double> _processors = new();
    private readonly Queue<double> _latenesses = new();
    private ITimer? _timer;
    private (long At, double CpuSeconds) _last;
    private volatile LoadFacts _facts;

    public ServerLoad(RtcOptions options, ILoadSources sources, TimeProvider time, PictureMemory pictures, RtcMetrics metrics)
    {
        _sources = sources;
        _time = time;
        _pictures = pictures;
        _metrics = metrics;
        _processor = new LoadMeasure("processor", "%", "Limits:MaxCpuPercent", options.Limits.MaxCpuPercent);
        _lateness = new LoadMeasure("media loop", " ms late", "Limits:MaxLoopLatenessMs", options.Limits.MaxLoopLatenessMs);
        _memory = new LoadMeasure("memory", "%", "Limits:MaxMemoryPercent", options.Limits.MaxMemoryPercent);
        _facts = new LoadFacts { Cores = sources.Cores, MemoryLimit = sources.MemoryLimit, PictureMemoryLimit = pictures.MaxBytes };
        _last = (time.GetTimestamp(), sources.CpuSeconds());
        metrics.Load = () => _facts;
    }

    public LoadFacts Facts => _facts;

    /// <summary>Null where a new room may be opened.</summary>
    public Refusal? Refusal =>
        _facts.Excess is { } reason ? new Refusal("overloaded", reason, StatusCodes.Status503ServiceUnavailable) : null;

    /// <summary>
    /// Null where a member may come into a room that is open. A busy processor does not keep it out: detection takes what is
    /// free and gives way, and one more viewer costs no encode.
    /// </summary>
    public Refusal? MemberRefusal =>
        _facts.MemberExcess is { } reason ? new Refusal("overloaded", reason, StatusCodes.Status503ServiceUnavailable) : null;

    /// <summary>Null where something large may come in, as an upload; processor and lateness don't matter to it.</summary>
    public Refusal? MemoryRefusal =>
        _facts.MemoryExcess is { } reason ? new Refusal("overloaded", reason, StatusCodes.Status503ServiceUnavailable) : null;

    public void Start() => _timer ??= _time.CreateTimer(_ => Sample(), null, s_tick, s_tick);

    /// <summary>Takes one sample; the timer calls it, and tests do.</summary>
    internal void Sample()
    {
        lock (_processors)
        {
            long now = _time.GetTimestamp();
            double used = _sources.CpuSeconds();
            double seconds = _time.GetElapsedTime(_last.At, now).TotalSeconds;
            if (seconds <= 0)
            {
                return;
            }

            double processor = Math.Max(0, used - _last.CpuSeconds) / seconds / _sources.Cores;
            _last = (now, used);
            TimeSpan late = _sources.TakeLateness();
            _metrics.LoopWasLate(late);
            Keep(_processors, processor);
            Keep(_latenesses, late.TotalMilliseconds);
            long memory = _sources.MemoryUsed();
            double busy = _processors.Sum() / Window;
            _processor.Update(100 * busy, 100);
            _lateness.Update(Median(_latenesses), WholeLatenessMs);
            _memory.Update(100.0 * memory / _sources.MemoryLimit, 100);
            _pictures.IsShort = _memory.IsExceeded;
            LoadMeasure? forMembers = ((LoadMeasure[])[_memory, _lateness]).FirstOrDefault(measure => measure.IsExceeded);
            LoadMeasure? exceeded = forMembers ?? (_processor.IsExceeded ? _processor : null);
            _facts = new LoadFacts
            {
                Load = Math.Max(Math.Max(_processor.Share, _lateness.Share), Math.Max(_memory.Share, _sources.CardShare())),
                Processor = busy,
                Cores = _sources.Cores,
                MemoryUsed = memory,
                MemoryLimit = _sources.MemoryLimit,
                PictureMemory = _pictures.HeldBytes,
                PictureMemoryLimit = _pictures.MaxBytes,
                Excess = exceeded?.Reason,
                MemberExcess = forMembers?.Reason,
                MemoryExcess = _memory.IsExceeded ? _memory.Reason : null,
            };
        }
    }

    public void Dispose() => _timer?.Dispose();

    private static void Keep(Queue<double> window, double value)
    {
        window.Enqueue(value);
        if (window.Count > Window)
        {
            window.Dequeue();
        }
    }

    /// <summary>
    /// As for the processor, seconds that have not been yet count as quiet ones: a start, or one stall after it, is no load.
    /// </summary>
    private static double Median(Queue<double> window) =>
        window.Count <= Window / 2 ? 0 : window.Concat(Enumerable.Repeat(0.0, Window - window.Count)).Order().ElementAt(Window / 2);
}
