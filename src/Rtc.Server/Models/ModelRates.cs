using Rtc.Inference;
using Rtc.Inference.Catalogue;
using Rtc.Media;

namespace Rtc.Server.Models;

/// <summary>How quick a model was on this machine.</summary>
/// <param name="PerSecond">Pictures of 1280×720, prepared and read out again.</param>
/// <param name="Milliseconds">The median of the runs.</param>
/// <param name="Runs">Behind it, after one that warmed up.</param>
/// <param name="Provider">What ran it.</param>
/// <param name="MeasuredAt">When.</param>
public sealed record ModelRate(double PerSecond, double Milliseconds, int Runs, string Provider, DateTimeOffset MeasuredAt);

/// <summary>
/// Measures models, one at a time and only when somebody asks, and knows what came of it until the server ends. Any thread may call it.
/// </summary>
internal sealed class ModelRates(IModelHost models, TimeProvider time) : IDisposable
{
    private const int Runs = 10;
    private const int Width = 1280;
    private const int Height = 720;

    // A model that takes seconds a picture is told from one that is quick by fewer runs.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ModelRate> _known = new(StringComparer.OrdinalIgnoreCase);

    public ModelRate? Find(string name)
    {
        lock (_gate)
        {
            return _known.GetValueOrDefault(name);
        }
    }

    public void Forget(string name)
    {
        lock (_gate)
        {
            _known.Remove(name);
        }
    }

    /// <summary>False where another one is being measured; else what came of it, or the reason why nothing did.</summary>
    public bool TryMeasure(ModelInfo model, CancellationToken cancel, out ModelRate? rate, out string? problem)
    {
        (rate, problem) = (null, null);
        if (!_turn.Wait(TimeSpan.Zero, CancellationToken.None))
        {
            return false;
        }

        try
        {
            rate = model.Suits.Contains("detect") ? Detect(model.Name, cancel, out problem) : Segment(model.Name, cancel, out problem);
            if (rate is not null)
            {
                lock (_gate)
                {
                    _known[model.Name] = rate;
                }
            }

            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private ModelRate? Detect(string name, CancellationToken cancel, out string? problem)
    {
        using IDetector detector = models.OpenDetector(name, out problem);
        if (!ModelName.Same(detector.Model, name))
        {
            return null;
        }

        problem = null;
        List<Detection> found = [];
        var wanted = new DetectOptions();
        return Measure(detector.Provider, picture =>
        {
            DetectTimings times = detector.Detect(picture, wanted, found);
            return times.Prepare + times.Run + times.Decode;
        }, cancel);
    }

    private ModelRate? Segment(string name, CancellationToken cancel, out string? problem)
    {
        using ISegmenter segmenter = models.OpenSegmenter(name, out problem);
        if (!ModelName.Same(segmenter.Model, name))
        {
            return null;
        }

        problem = null;
        var prompt = new MaskPrompt(new RectF(Width / 4f, Height / 4f, Width * 3 / 4f, Height * 3 / 4f), null, null);
        return Measure(segmenter.Provider, picture =>
        {
            long began = time.GetTimestamp();
            segmenter.TrySegment(picture, prompt, out _);
            return time.GetElapsedTime(began).TotalMilliseconds;
        }, cancel);
    }

    private ModelRate Measure(string provider, Func<Picture, double> run, CancellationToken cancel)
    {
        using var pool = new PicturePool();
        using Picture picture = Scene(pool);
        run(picture);
        List<double> took = [];
        long began = time.GetTimestamp();
        while (took.Count < Runs && (took.Count == 0 || time.GetElapsedTime(began) < s_patience))
        {
            cancel.ThrowIfCancellationRequested();
            took.Add(run(picture));
        }

        took.Sort();
        double median = Math.Max(took[took.Count / 2], 0.001);
        return new ModelRate(Math.Round(1000 / median, 2), Math.Round(median, 3), took.Count, provider, time.GetUtcNow());
    }

    /// <summary>Slopes and edges, so that nothing is quick for having nothing in it.</summary>
    private static Picture Scene(PicturePool pool)
    {
        Picture picture = pool.Rent(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            Span<byte> row = picture.RowY(y);
            for (int x = 0; x < Width; x++)
            {
                row[x] = (byte)(16 + ((x + y) % 200) + ((x / 64) + (y / 64)) % 2 * 20);
            }
        }

        for (int y = 0; y < picture.ChromaHeight; y++)
        {
            picture.RowU(y).Fill(112);
            picture.RowV(y).Fill(144);
        }

        return picture;
    }
}
