using Rtc.Inference;
using Rtc.Media;
using Rtc.Server.Models;

namespace Rtc.Server.Tests.Models;

/// <summary>One model is measured at a time, by a warm-up and ten runs.</summary>
public sealed class ModelRatesTests
{
    private static readonly ModelInfo s_model = new("steady", "detect", "unknown", true, 1, null, null) { Suits = ["detect"] };

    [Fact]
    public async Task Second_measurement_is_refused_while_the_first_runs()
    {
        using var models = new SteadyModels();
        using var rates = new ModelRates(models, TimeProvider.System);
        Task<ModelRate?> first = Task.Run(() => Measure(rates), TestContext.Current.CancellationToken);
        await models.Entered.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(rates.TryMeasure(s_model, CancellationToken.None, out _, out _));
        models.Go.Set();
        ModelRate rate = (await first)!;
        Assert.Equal((10, 100.0, 10.0, "embedded"), (rate.Runs, rate.PerSecond, rate.Milliseconds, rate.Provider));
        Assert.Equal(11, models.Pictures);
        Assert.Equal(rate, rates.Find("STEADY"));
        Assert.NotNull(Measure(rates));
        rates.Forget("steady");
        Assert.Null(rates.Find("steady"));
    }

    [Fact]
    public void Model_that_another_stands_in_for_has_no_rate()
    {
        using var models = new SteadyModels();
        models.Go.Set();
        using var rates = new ModelRates(models, TimeProvider.System);
        Assert.True(rates.TryMeasure(s_model with { Name = "broken" }, CancellationToken.None, out ModelRate? rate, out string? problem));
        Assert.Null(rate);
        Assert.Equal("no such model", problem);
    }

    private static ModelRate? Measure(ModelRates rates)
    {
        Assert.True(rates.TryMeasure(s_model, CancellationToken.None, out ModelRate? rate, out _));
        return rate;
    }

    /// <summary>A detector that says that it took ten milliseconds, and that waits to be let go.</summary>
    private sealed class SteadyModels : IModelHost, IDetector
    {
        private readonly SemaphoreSlim _entered = new(0);

        public SemaphoreSlim Entered => _entered;

        public ManualResetEventSlim Go { get; } = new();

        public int Pictures { get; private set; }

        public IReadOnlyList<ModelInfo> Models => [s_model];

        public string Model => s_model.Name;

        public string Provider => "embedded";

        public IReadOnlyList<string> ClassNames => [];

        public IDetector OpenDetector(string name, out string? problem)
        {
            problem = name == Model ? null : "no such model";
            return this;
        }

        public DetectTimings Detect(Picture picture, DetectOptions options, List<Detection> into)
        {
            Pictures++;
            _entered.Release();
            Go.Wait();
            return new DetectTimings(1000, 2, 7, 1);
        }

        public ISegmenter OpenSegmenter(string name, out string? problem) => throw new NotSupportedException();

        public IClassMapper OpenClasses(string profile, out string? problem) => throw new NotSupportedException();

        public void Dispose()
        {
            // The detector is the host here: the test's own end is the host's.
        }
    }
}
