using Rtc.Analysis.Records;
using Rtc.Analysis.Scenes;

namespace Rtc.Analysis.Reframing;

/// <summary>Where the upper left corner of the crop is on each picture, and how large the crop is; even pixels all of them.</summary>
internal sealed record CropPath(int Width, int Height, int[] Left, int[] Top)
{
    // Of the way between two pictures: a mean over so many seconds, thrice, is nearly a bell.
    private const double SmoothSeconds = 0.8;
    private const double MendSeconds = 0.3;
    private const int Rounds = 3;

    // A subject that stays within this part of its room to move is no reason to move the camera.
    private const double StillPart = 0.25;

    // What is kept free between the subject and the crop's edge, as a part of the crop.
    private const double Margin = 0.03;

    private const double PersonWeight = 1.5;

    /// <param name="scenes">With their tracks.</param>
    /// <param name="pictures">How many there are.</param>
    /// <param name="fps">Pictures a second.</param>
    /// <param name="width">Of the picture.</param>
    /// <param name="height">Of the picture.</param>
    /// <param name="aspect">The crop's width by its height.</param>
    public static CropPath Of(IReadOnlyList<SceneFacts> scenes, long pictures, double fps, int width, int height, double aspect)
    {
        int cropWidth = Even(Math.Min(width, height * aspect));
        int cropHeight = Even(Math.Min(height, width / aspect));
        int[] left = new int[pictures];
        int[] top = new int[pictures];
        foreach (SceneFacts scene in scenes)
        {
            int count = (int)(Math.Min(scene.EndFrame, pictures - 1) - scene.StartFrame + 1);
            if (count <= 0)
            {
                continue;
            }

            SceneTrack? subject = SubjectOf(scene);
            Follow(
                left.AsSpan((int)scene.StartFrame, count), scene, subject, fps, width, cropWidth,
                box => (box.X + (box.Width / 2), box.Width));
            Follow(
                top.AsSpan((int)scene.StartFrame, count), scene, subject, fps, height, cropHeight,
                box => (box.Y + (box.Height / 2), box.Height));
        }

        return new CropPath(cropWidth, cropHeight, left, top);
    }

    /// <summary>The track that the scene is about: long in sight, large, and rather a person than a thing.</summary>
    public static SceneTrack? SubjectOf(SceneFacts scene) => scene.Tracks
        .OrderByDescending(track => track.Share * Math.Sqrt(track.MeanArea) * (track.Class == "person" ? PersonWeight : 1))
        .ThenBy(track => track.TrackId, StringComparer.Ordinal).FirstOrDefault();

    private static void Follow(
        Span<int> path, SceneFacts scene, SceneTrack? subject, double fps, int side, int crop,
        Func<BoundingBox, (double Middle, double Extent)> measure)
    {
        double free = side - crop;
        if (free < 2 || subject is null)
        {
            path.Fill(Even(free / 2));
            return;
        }

        double[] target = new double[path.Length];
        double[] room = new double[path.Length];
        Interpolate(target, room, scene.StartFrame, subject.Points, measure, crop);
        double lowest = target.Min() - (crop / 2.0);
        double highest = target.Max() - (crop / 2.0);
        if (highest - lowest <= StillPart * room.Min())
        {
            path.Fill(Even(Math.Clamp((lowest + highest) / 2, 0, free)));
            return;
        }

        double[] way = Array.ConvertAll(target, middle => Math.Clamp(middle - (crop / 2.0), 0, free));
        double[] wanted = [.. way];
        Smooth(way, fps * SmoothSeconds);
        for (int i = 0; i < way.Length; i++)
        {
            way[i] = Math.Clamp(way[i], wanted[i] - room[i], wanted[i] + room[i]);
        }

        Smooth(way, fps * MendSeconds);
        for (int i = 0; i < path.Length; i++)
        {
            path[i] = Even(Math.Clamp(way[i], 0, free));
        }
    }

    /// <summary>The subject's middle on every picture, straight from one sample to the next, and how far the crop may be off it.</summary>
    private static void Interpolate(
        double[] target, double[] room, long start, IReadOnlyList<TrackPoint> points,
        Func<BoundingBox, (double Middle, double Extent)> measure, int crop)
    {
        int next = 0;
        for (int i = 0; i < target.Length; i++)
        {
            long number = start + i;
            while (next < points.Count && points[next].Frame < number)
            {
                next++;
            }

            TrackPoint after = points[Math.Min(next, points.Count - 1)];
            TrackPoint before = next > 0 ? points[next - 1] : after;
            double part = after.Frame > before.Frame ? Math.Clamp((double)(number - before.Frame) / (after.Frame - before.Frame), 0, 1) : 0;
            (double firstMiddle, double firstExtent) = measure(before.Bbox);
            (double secondMiddle, double secondExtent) = measure(after.Bbox);
            target[i] = firstMiddle + ((secondMiddle - firstMiddle) * part);
            room[i] = Math.Max(0, ((crop - firstExtent - ((secondExtent - firstExtent) * part)) / 2) - (Margin * crop));
        }
    }

    /// <summary>Means over a window that is cut at both ends of the scene; nothing lags behind.</summary>
    private static void Smooth(double[] way, double window)
    {
        int half = Math.Max(1, (int)(window / 2));
        double[] sums = new double[way.Length + 1];
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < way.Length; i++)
            {
                sums[i + 1] = sums[i] + way[i];
            }

            for (int i = 0; i < way.Length; i++)
            {
                // As wide to either side, so that the ends stay where they are.
                int reach = Math.Min(half, Math.Min(i, way.Length - 1 - i));
                way[i] = (sums[i + reach + 1] - sums[i - reach]) / ((2 * reach) + 1);
            }
        }
    }

    private static int Even(double value) => (int)(value / 2) * 2;
}
