using System.Diagnostics;
using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Tracking;

public class ByteTrackerTests
{
    private readonly ByteTracker _tracker = new(new ByteTrackOptions(), new TrackIds());

    [Fact]
    public void A_faint_detection_keeps_a_track_and_founds_none()
    {
        _tracker.Update([At(100, 100)]);
        int id = Assert.Single(_tracker.Active).Id;
        _tracker.Update([At(102, 100, 0.2f), At(700, 300, 0.3f)]);
        Assert.Equal(id, Assert.Single(_tracker.Active).Id);
    }

    [Fact]
    public void A_newcomer_is_shown_once_a_second_picture_confirms_it()
    {
        _tracker.Update([At(100, 100)]);
        _tracker.Update([At(100, 100), At(600, 300)]);
        Assert.Single(_tracker.Active);
        _tracker.Update([At(100, 100), At(601, 300)]);
        Assert.Equal(2, _tracker.Active.Count);
    }

    [Fact]
    public void Two_that_cross_keep_their_ids()
    {
        var ids = new Dictionary<int, int>();
        for (int t = 0; t < 100; t++)
        {
            float a = 100 + (8 * t);
            float b = 900 - (8 * t);
            bool hidden = Math.Abs(a - b) < 40;
            _tracker.Update(hidden ? [At(a, 200)] : [At(a, 200), At(b, 260)]);
            if (t is 5 or 95)
            {
                ids[t] = Nearest(a, 200).Id;
                ids[t + 1000] = Nearest(b, 260).Id;
            }
        }

        Assert.Equal(ids[5], ids[95]);
        Assert.Equal(ids[1005], ids[1095]);
        Assert.NotEqual(ids[5], ids[1005]);
    }

    [Theory]
    [InlineData(25, true)]
    [InlineData(45, false)]
    public void Track_hidden_for_25_pictures_returns_and_for_45_is_another(int hidden, bool same)
    {
        int id = 0;
        for (int t = 0; t < 40; t++)
        {
            _tracker.Update([At(100 + (4 * t), 200)]);
            id = _tracker.Active[0].Id;
        }

        for (int t = 0; t < hidden; t++)
        {
            _tracker.Update([]);
            Assert.Empty(_tracker.Active);
        }

        for (int t = 40 + hidden; t < 44 + hidden; t++)
        {
            _tracker.Update([At(100 + (4 * t), 200)]);
        }

        Assert.Equal(same, Assert.Single(_tracker.Active).Id == id);
    }

    [Fact]
    public void Lost_time_is_counted_in_time_and_not_in_updates()
    {
        for (int t = 0; t < 10; t++)
        {
            _tracker.Update([At(100, 200)], steps: 4);
        }

        int id = _tracker.Active[0].Id;
        for (int t = 0; t < 7; t++)
        {
            _tracker.Update([], steps: 4);
        }

        Assert.NotNull(_tracker.Find(id));
        _tracker.Update([], steps: 4);
        _tracker.Update([], steps: 4);
        Assert.Null(_tracker.Find(id));
    }

    [Fact]
    public void Fewer_pictures_a_second_give_the_same_speed()
    {
        for (int t = 0; t < 30; t++)
        {
            _tracker.Update([At(100 + (12 * t), 200)], steps: 4);
        }

        Assert.Equal(3, _tracker.Active[0].Motion.Velocity.X, 0.1);
    }

    [Fact]
    public void Nonsense_boxes_are_left_out()
    {
        _tracker.Update(
        [
            new Detection(0, 0.9f, new RectF(10, 10, 10, 50)),
            new Detection(0, 0.9f, new RectF(50, 50, 10, 10)),
            new Detection(0, 0.9f, new RectF(float.NaN, 0, 10, 10)),
            new Detection(0, 0.9f, new RectF(0, 0, float.PositiveInfinity, 10)),
            new Detection(0, float.NaN, new RectF(0, 0, 10, 10)),
        ]);
        Assert.Empty(_tracker.Active);
    }

    [Fact]
    public void Ids_are_unique_never_reused_and_no_track_is_without_a_birth()
    {
        int seed = Environment.TickCount;
        Console.WriteLine($"tracker property seed {seed}");
        for (int round = 0; round < 30; round++)
        {
            var random = new Random(seed + round);
            var tracker = new ByteTracker(new ByteTrackOptions(), new TrackIds());
            var lastSeen = new Dictionary<int, int>();
            int highest = 0;
            for (int t = 0; t < 200; t++)
            {
                Detection[] detections =
                [
                    .. Enumerable.Range(0, random.Next(12))
                        .Select(_ => At(random.Next(0, 900), random.Next(0, 500), (float)random.NextDouble()))
                ];
                tracker.Update(detections, random.Next(1, 4));
                int[] active = [.. tracker.Active.Select(track => track.Id)];
                Assert.Equal(active.Length, active.Distinct().Count());
                Assert.Empty(active.Intersect(tracker.Lost.Select(track => track.Id)));
                foreach (Track track in tracker.Active)
                {
                    // Shown only where a detection of this very picture is.
                    Assert.Contains(detections, detection => detection.Score == track.Score);
                    if (!lastSeen.TryGetValue(track.Id, out int before))
                    {
                        Assert.True(track.LastSeen >= track.Born);
                    }
                    else
                    {
                        Assert.True(t - before <= 65, "an id came back from the dead");
                    }

                    lastSeen[track.Id] = t;
                    highest = Math.Max(highest, track.Id);
                }
            }

            Assert.True(lastSeen.Keys.All(id => id >= 1 && id <= highest));
        }
    }

    [Fact]
    public void Five_hundred_objects_are_tracked_apart()
    {
        var random = new Random(7);
        (float X, float Y, float Dx, float Dy)[] things = [.. Enumerable.Range(0, 500).Select(i => (
            50f + (i % 25 * 150), 50f + (i / 25 * 150), (float)random.NextDouble() - 0.5f, (float)random.NextDouble() - 0.5f))];
        var detections = new Detection[500];
        var times = new List<double>();
        for (int t = 0; t < 60; t++)
        {
            for (int i = 0; i < 500; i++)
            {
                detections[i] = At(things[i].X + (things[i].Dx * t) + (float)random.NextDouble(), things[i].Y + (things[i].Dy * t));
            }

            long before = Stopwatch.GetTimestamp();
            _tracker.Update(detections);
            times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }

        Console.WriteLine($"500 objects: median of 60 updates {times.Order().ElementAt(30):F2} ms");
        Assert.Equal(Enumerable.Range(1, 500), _tracker.Active.Select(track => track.Id).Order());
    }

    [Fact]
    public void Nothing_is_allocated_once_it_runs()
    {
        var detections = new Detection[50];
        void Step(int t)
        {
            for (int i = 0; i < 50; i++)
            {
                // Some come and go, some overlap: every branch runs.
                float score = (t + i) % 17 == 0 ? 0.05f : (t + i) % 5 == 0 ? 0.3f : 0.9f;
                detections[i] = At(40 + (i % 10 * 60) + (t % 20), 40 + (i / 10 * 80), score);
            }

            _tracker.Update(detections);
        }

        for (int t = 0; t < 300; t++)
        {
            Step(t);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int t = 300; t < 600; t++)
        {
            Step(t);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Detection At(float x, float y, float score = 0.9f) => new(0, score, new RectF(x, y, x + 60, y + 120));

    private Track Nearest(float x, float y) =>
        _tracker.Active.Concat(_tracker.Lost).MinBy(track => Math.Abs(track.Box.Left - x) + Math.Abs(track.Box.Top - y))!;
}
