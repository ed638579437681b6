using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Following;
using Rtc.Pipeline.Tests.Fakes;
using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Following;

public class CameraShiftTests
{
    [Fact]
    public void The_cameras_own_motion_is_measured_and_a_still_camera_is_still()
    {
        using var pool = new PicturePool();
        byte[,] world = Scenes.Texture(1000, 800, 21, grain: 17);
        var units = new RoomUnits(640, 480);
        var camera = new CameraShift();
        double worst = 0;
        int x = 100;
        int y = 100;
        using (Picture first = Scenes.Picture(pool, 640, 480, world, x, y))
        {
            Assert.Equal((0, 0), camera.Update(first, units));
            Assert.Equal((0, 0), camera.Update(first, units));
        }

        foreach ((int dx, int dy) in ((int, int)[])[(10, 0), (25, -8), (-40, 12), (5, 5), (60, 30), (-70, -40)])
        {
            x += dx;
            y += dy;
            using Picture picture = Scenes.Picture(pool, 640, 480, world, x, y);
            (float gotX, float gotY) = camera.Update(picture, units);
            worst = Math.Max(worst, Math.Max(Math.Abs(gotX + (2 * dx)), Math.Abs(gotY + (2 * dy))) / 2);
        }

        Console.WriteLine($"camera motion: farthest off {worst:F2} pixels of 640×480");
        Assert.True(worst < 4, $"{worst}");
    }

    [Fact]
    public void Under_a_shaken_camera_compensation_keeps_ids_together()
    {
        using var reader = new StreamReader(TestData.Find("track/palace_det.txt"));
        Assert.True(MotFile.TryRead(reader, out SortedDictionary<int, List<Detection>> frames, out _));
        (int still, _) = Track(frames, shake: 0, compensate: false);
        (int shaken, int shakenShown) = Track(frames, shake: 55, compensate: false);
        (int compensated, int compensatedShown) = Track(frames, shake: 55, compensate: true);
        Console.WriteLine(
            $"palace: {still} ids; shaken by up to 55 pixels a picture {shaken} ids ({shakenShown} boxes shown), compensated with 2 "
                + $"pixels of error {compensated} ids ({compensatedShown} boxes)");
        Assert.True(compensated < shaken);
    }

    private static (int Ids, int Shown) Track(SortedDictionary<int, List<Detection>> frames, double shake, bool compensate)
    {
        var random = new Random(9);
        var tracker = new ByteTracker(new ByteTrackOptions(), new TrackIds());
        var ids = new HashSet<int>();
        int shown = 0;
        double before = 0;
        foreach ((int frame, List<Detection> list) in frames)
        {
            double offset = shake * 2.5 * Math.Sin(frame / 2.5);
            if (compensate)
            {
                tracker.Shift(offset - before + (2 * ((2 * random.NextDouble()) - 1)), 0);
            }

            before = offset;
            Detection[] detections =
            [
                .. list.Select(
                    d => d with { Box = new RectF(d.Box.Left + (float)offset, d.Box.Top, d.Box.Right + (float)offset, d.Box.Bottom) })
            ];
            foreach (Track track in tracker.Update(detections))
            {
                ids.Add(track.Id);
                shown++;
            }
        }

        return (ids.Count, shown);
    }
}
