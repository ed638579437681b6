using System.Diagnostics;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;

namespace Rtc.Bench;

/// <summary>A segmentation model alone in this process, to compare a server's rate with: its runs, and nothing around them.</summary>
internal sealed class BareModel : IDisposable
{
    private readonly ModelHost _models;
    private readonly IClassMapper _mapper;
    private readonly PicturePool _pool = new();
    private readonly Picture _picture;
    private readonly List<double> _runs = [];

    public BareModel(string file, int width, int height)
    {
        const string profile = "fast";
        _models = new ModelHost(new ModelHostOptions { Profiles = [new SegmentProfile(profile, file, 0, "--model")] });
        _mapper = _models.OpenClasses(profile, out string? problem) ?? throw new UsageException($"--model: {problem}");
        _picture = _pool.Rent(width, height);
        new Clip(width, height).Draw(_picture, 0);
    }

    /// <summary>Runs a second, by the mean of all runs.</summary>
    public double Rate => 1000 / _runs.Average();

    public void Run(TimeSpan time)
    {
        long began = Stopwatch.GetTimestamp();
        do
        {
            if (!_mapper.TryMap(_picture, 1, out _, out string? problem))
            {
                throw new RunFailedException(problem ?? "the model failed");
            }

            _runs.Add(_mapper.RunTime);
        }
        while (Stopwatch.GetElapsedTime(began) < time);
    }

    public void Dispose()
    {
        _picture.Dispose();
        _pool.Dispose();
        _mapper.Dispose();
        _models.Dispose();
    }
}
