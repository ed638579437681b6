using System.Diagnostics;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;

namespace Rtc.Bench;

/// <summary>
/// A camera and a model on the same device: one thread films, one detects on the newest picture. The age of a result is
/// all that there is to measure; nothing is sent.
/// </summary>
internal sealed class LocalPhone : IDisposable
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
        Figures = NewFigures();
        (_camera = new Thread(Film) { IsBackground = true, Name = "camera" }).Start();
        (_model = new Thread(Detect) { IsBackground = true, Name = "model" }).Start();
    }

    public UserMeasurements Figures { get; private set; }

    /// <summary>Forgets what was measured so far.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            Figures = NewFigures();
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

    /// <summary>Nothing comes back to a phone that detects for itself: a result is all of a picture's way.</summary>
    private UserMeasurements NewFigures()
    {
        var ages = new Samples();
        return new UserMeasurements { Latency = ages, ResultLatency = ages, Model = _detector.Model, Provider = _detector.Provider };
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
                Figures.Sent++;
            }

            _filmed.Set();
        }
    }

    private void Detect()
    {
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
                Figures.AddGap(Stopwatch.GetElapsedTime(last).TotalMilliseconds);
                last = Stopwatch.GetTimestamp();
                Figures.QueueMs.Add(waited);
                Figures.InferenceMs.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
                Figures.ResultLatency.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                Figures.Results++;
                Figures.Returned++;
            }
        }
    }
}
