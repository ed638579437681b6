using Rtc.Analysis.Records;

namespace Rtc.Analysis.Scenes;

/// <summary>A track within one scene: where it is, how large, whether it comes, goes or stays.</summary>
internal sealed record SceneTrack(
    string TrackId, string Class, IReadOnlyList<TrackPoint> Points, double Share, double MeanArea, double Travel, string? Enters,
    string? Leaves);

/// <summary>What is known of a scene without any model: the frames between two cuts, and the tracks in it.</summary>
internal sealed record SceneFacts(int Number, long StartFrame, long EndFrame, double Seconds, IReadOnlyList<SceneTrack> Tracks)
{
    // Shares of the picture: an edge, and the least way that is a movement.
    private const double Edge = 0.12;

    // A track that begins or ends nearer to a cut than this many samples was there before, or is after.
    private const int NearCut = 2;

    /// <param name="cuts">First frames of all scenes but the first.</param>
    /// <param name="pictures">How many there are.</param>
    /// <param name="fps">Pictures a second.</param>
    /// <param name="sampleEvery">Pictures from one that was looked at to the next.</param>
    /// <param name="width">Of the picture.</param>
    /// <param name="height">Of the picture.</param>
    /// <param name="tracks">All of the video.</param>
    public static List<SceneFacts> Of(
        IReadOnlyList<long> cuts, long pictures, double fps, int sampleEvery, int width, int height, IReadOnlyList<TrackRecord> tracks)
    {
        long[] starts = [0, .. cuts];
        var scenes = new List<SceneFacts>(starts.Length);
        for (int i = 0; i < starts.Length; i++)
        {
            long end = Math.Max(starts[i], (i + 1 < starts.Length ? starts[i + 1] : pictures) - 1);
            long samples = Math.Max(1, (end / sampleEvery) - ((starts[i] + sampleEvery - 1) / sampleEvery) + 1);
            scenes.Add(new SceneFacts(
                i + 1, starts[i], end, fps > 0 ? (end - starts[i] + 1) / fps : 0,
                [
                    .. tracks.Where(track => track.StartFrame <= end && track.EndFrame >= starts[i])
                        .Select(track => Within(track, starts[i], end, samples, sampleEvery, width, height)).OfType<SceneTrack>(),
                ]));
        }

        return scenes;
    }

    private static SceneTrack? Within(TrackRecord track, long start, long end, long samples, int sampleEvery, int width, int height)
    {
        TrackPoint[] points = [.. track.Frames.Where(point => point.Frame >= start && point.Frame <= end)];
        if (points.Length == 0)
        {
            return null;
        }

        long near = NearCut * (long)sampleEvery;
        BoundingBox first = points[0].Bbox;
        BoundingBox last = points[^1].Bbox;
        double travel = Math.Sqrt(
            Math.Pow((Middle(last).X - Middle(first).X) / width, 2) + Math.Pow((Middle(last).Y - Middle(first).Y) / height, 2));
        return new SceneTrack(
            track.TrackId, track.Class, points, Math.Min(1, (double)points.Length / samples),
            points.Average(point => point.Bbox.Width * point.Bbox.Height / ((double)width * height)), travel,
            points[0].Frame - start > near ? SideOf(first, width) : null, end - points[^1].Frame > near ? SideOf(last, width) : null);
    }

    /// <summary>Left or right where it is at that edge, else where it just appears or is gone.</summary>
    private static string SideOf(BoundingBox box, int width) =>
        box.X < Edge * width ? "left" : box.X + box.Width > (1 - Edge) * width ? "right" : string.Empty;

    internal static (double X, double Y) Middle(BoundingBox box) => (box.X + (box.Width / 2), box.Y + (box.Height / 2));
}
