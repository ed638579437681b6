using System.Diagnostics;
using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Xunit;

namespace Rtc.Pipeline.Tests.Load;

/// <summary>
/// The overload of <see cref="OverloadTests"/> with the room's own threads and the wall clock. What is asserted are medians
/// and shares: a machine that stands still for a moment spoils a few results and not these.
/// </summary>
[Collection("alone")]
public sealed class RealOverloadTests
{
    private const double ModelMs = 125;
    private const double PictureMs = 1000.0 / 30;
    private const int Offered = 120;

    [Fact]
    public async Task Thirty_offered_eight_possible_results_stay_young_and_rendering_goes_on()
    {
        using var pool = new PicturePool();
        double modelMs = ModelMs;
        var models = new FakeModels
        {
            Work = _ => Thread.Sleep(TimeSpan.FromMilliseconds(Volatile.Read(ref modelMs))),
            Find = _ => [new Detection(0, 0.9f, new RectF(10, 10, 30, 40))],
        };
        var output = new RecordingOutput();
        await using var room = new RoomPipeline(new RoomPipelineOptions(), models, pool, output, TimeProvider.System, new FakeCodecs());
        long began = Stopwatch.GetTimestamp();
        Offer(room, began, 0, Offered);
        output.Until(() => room.Stats.Rendered >= Offered * 3 / 4, "most pictures to be drawn");

        VisionResult[] results = [.. output.Results];
        double[] ages = [.. results.Select(result => result.InferenceMs - result.ReceivedMs)];
        double early = Median(ages.Take(ages.Length / 2));
        double late = Median(ages.Skip(ages.Length / 2));
        Console.WriteLine(
            $"overload for real: {results.Length} results of {Offered}, median age {early:F0} then {late:F0} ms, {room.Stats.Rendered} "
                + $"drawn, level {room.Stats.Level}");
        Assert.True(late < 2 * ModelMs, $"{late} ms");
        Assert.True(late < early + ModelMs, $"{early} then {late} ms: a line is forming");
        Assert.InRange(results.Length, 10, Offered / 2);
        Assert.True(room.Stats.DroppedBeforeDetection > Offered / 3, $"{room.Stats.DroppedBeforeDetection}");
        Assert.NotEqual(Level.Optimal, room.Stats.Level);

        Volatile.Write(ref modelMs, 0);
        for (int second = 1; room.Stats.Level != Level.Optimal && second <= 30; second++)
        {
            Offer(room, Stopwatch.GetTimestamp(), Offered + (second * 30), 30);
        }

        Assert.Equal(Level.Optimal, room.Stats.Level);
    }

    private static void Offer(RoomPipeline room, long began, int first, int count)
    {
        for (int i = 0; i < count; i++)
        {
            double left = (i * PictureMs) - Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            if (left > 0)
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(left));
            }

            double now = (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds;
            room.TryPush(FakeCodecs.Code(64, 48, 50, (uint)(3000 * (first + i)), i == 0, now));
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
