using System.Collections.Concurrent;
using Rtc.Inference;
using Rtc.Media;

namespace Rtc.Server.Tests.Frames;

/// <summary>Motion alone, whose every run says that it has begun and lasts until the test ends it.</summary>
internal sealed class SteppedModels : MapperModels
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentQueue<byte> _seen = new();
    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _mayEnd = new(0);

    /// <summary>Waits for the next run, and says how light its picture is.</summary>
    public async Task<byte> BegunAsync()
    {
        Assert.True(await _begun.WaitAsync(s_patience), "no run began");
        Assert.True(_seen.TryDequeue(out byte luma));
        return luma;
    }

    public void EndRun() => _mayEnd.Release();

    protected override Mapper OpenMapper() => new Stepped(this);

    private sealed class Stepped(SteppedModels steps) : Mapper
    {
        public override double RunTime => 1;

        public override bool TryMap(Picture picture, float inputScale, out ClassMap map, out string? problem)
        {
            steps._seen.Enqueue(picture.RowY(0)[0]);
            steps._begun.Release();
            Assert.True(steps._mayEnd.Wait(s_patience));
            return base.TryMap(picture, inputScale, out map, out problem);
        }
    }
}
