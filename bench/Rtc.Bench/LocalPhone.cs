using System.Diagnostics;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;

namespace Rtc.Bench;

/// <summary>
/// A camera and a model on the same device: one thread films, one detects on the newest picture. The age of a result is
/// all that there is to measure; nothing is sent.
/// </summary>
internal sealed class LocalPhone : IMeasured, IDisposable
{
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _filmed = new(false);
    private readonly RunPlan _plan;
    private readonly IDetector _detector;
    private readonly IFrameSource _source;
    private readonly PicturePool _pictures = new();
    private readonly Thread _camera;
    private readonly Thread _model;
    private (Picture Picture, long At)? _newest;
    private volatile bool _stopping;

    public LocalPhone(RunPlan plan, ModelHost models, IFrameSource source)
    {
        _plan = plan;
        _source = source;
        _detector = models.OpenDetector(ModelHost.Auto, out _);
        (_camera = new Thread(Film) { IsBackground = true, Name = "camera" }).Start();
        (_model = new Thread(Detect) { IsBackground = true, Name = "model" }).Start();
    }

    public Samples Latency => ResultLatency;

    public Samples ResultLatency { get; private set; } = new();

    public Samples Gaps { get; private set; } = new();

    public Samples ServerMs { get; } = new();

    public Samples InferenceMs { get; private set; } = new();

    public Samples QueueMs { get; private set; } = new();

    public long Sent { get; private set; }

    public long Returned => Results;

    public long Unreadable => 0;

    public long Results { get; private set; }

    public int Freezes { get; private set; }

    public IReadOnlyDictionary<string, long> Levels { get; } = new Dictionary<string, long>();

    public string? Model => _detector.Model;

    public string? Provider => _detector.Provider;

    /// <summary>Forgets what was measured so far.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            (ResultLatency, Gaps, InferenceMs, QueueMs) = (new Samples(), new Samples(), new Samples(), new Samples());
            Sent = Results = 0;
            Freezes = 0;
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _filmed.Set();
        _camera.Join();
        _model.Join();
        _newest?.Picture.Dispose();
        _detector.Dispose();
        _pictures.Dispose();
        _filmed.Dispose();
    }

    private void Film()
    {
        long began = Stopwatch.GetTimestamp();
        for (long frame = 0; !_stopping; frame++)
        {
            double left = (frame * 1000.0 / _plan.FramesPerSecond) - Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            if (left > 1)
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(left));
            }

            Picture picture = _pictures.Rent(_plan.Width, _plan.Height);
            _source.Draw(picture, frame);
            lock (_gate)
            {
                _newest?.Picture.Dispose();
                _newest = (picture, Stopwatch.GetTimestamp());
                Sent++;
            }

            _filmed.Set();
        }
    }

    private void Detect()
    {
        const double freezeMs = 300;
        var found = new List<Detection>();
        var options = new DetectOptions();
        long last = Stopwatch.GetTimestamp();
        while (_filmed.WaitOne() && !_stopping)
        {
            (Picture Picture, long At)? taken;
            lock (_gate)
            {
                taken = _newest;
                _newest = null;
            }

            if (taken is not var (picture, at))
            {
                continue;
            }

            double waited = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
            long before = Stopwatch.GetTimestamp();
            using (picture)
            {
                _detector.Detect(picture, options, found);
            }

            lock (_gate)
            {
                double gap = Stopwatch.GetElapsedTime(last).TotalMilliseconds;
                last = Stopwatch.GetTimestamp();
                Gaps.Add(gap);
                Freezes += gap > freezeMs ? 1 : 0;
                QueueMs.Add(waited);
                InferenceMs.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
                ResultLatency.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                Results++;
            }
        }
    }
}
