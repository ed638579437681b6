using BenchmarkDotNet.Attributes;
using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Tracking;

namespace Rtc.Micro.Pipeline;

/// <summary>One picture's detections through ByteTrack and through BoT-SORT: things that walk, some faint, some missed.</summary>
public class TrackingBenchmarks
{
    private const int Pictures = 300;

    private Detection[][] _pictures = [];
    private ByteTracker _tracker = null!;
    private BotSortTracker _botSort = null!;
    private int _next;
    private int _nextOfBotSort;

    [Params(10, 50, 500)]
    public int Objects { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        int columns = (int)Math.Ceiling(Math.Sqrt(Objects * 2));
        _pictures = new Detection[Pictures][];
        for (int t = 0; t < Pictures; t++)
        {
            var list = new List<Detection>();
            for (int i = 0; i < Objects; i++)
            {
                if (random.Next(20) == 0)
                {
                    continue;
                }

                // To and fro, so that the sequence can be repeated; neighbours overlap now and then.
                float way = 60 * MathF.Sin((t * 2 * MathF.PI / Pictures) + i);
                float x = (i % columns * 50) + way + random.NextSingle();
                float y = (i / columns * 90) + random.NextSingle();
                list.Add(new Detection(0, random.Next(5) == 0 ? 0.3f : 0.9f, new RectF(x, y, x + 40, y + 100)));
            }

            _pictures[t] = [.. list];
        }

        _tracker = new ByteTracker(new ByteTrackOptions(), new TrackIds());
        _botSort = new BotSortTracker(new ByteTrackOptions(), new BotSortOptions(), new TrackIds());
        for (int t = 0; t < Pictures; t++)
        {
            Update();
            UpdateBotSort();
        }
    }

    [Benchmark]
    public int Update()
    {
        _next = (_next + 1) % Pictures;
        return _tracker.Update(_pictures[_next]).Count;
    }

    [Benchmark]
    public int UpdateBotSort()
    {
        _nextOfBotSort = (_nextOfBotSort + 1) % Pictures;
        return _botSort.Update(_pictures[_nextOfBotSort], [], 1).Count;
    }
}
