using System.Numerics;
using System.Runtime.InteropServices;
using Rtc.Inference;
using Rtc.Media;

namespace Rtc.Pipeline.Tracking;

/// <summary>
/// Which detection is which track's: the cheapest pairs by overlap, each detection for one track only. One tracker owns it.
/// </summary>
internal sealed class TrackMatching
{
    private readonly SparseAssignment _assignment = new();

    /// <param name="tracks">The rows.</param>
    /// <param name="candidates">The columns: which of the detections are on offer.</param>
    /// <param name="seen">All of the picture.</param>
    /// <param name="limit">A pair that costs this much is none.</param>
    /// <param name="fuse">Whether a doubtful detection overlaps less.</param>
    /// <param name="sort">How far a pair's look may lower its cost; null where looks don't count.</param>
    public void Solve(List<Track> tracks, List<int> candidates, in Seen seen, double limit, bool fuse, BotSortOptions? sort = null)
    {
        _assignment.Begin(tracks.Count, candidates.Count);
        if (tracks.Count == 0 || candidates.Count == 0)
        {
            return;
        }

        bool byLook = sort is not null && !seen.Looks.IsEmpty;
        for (int row = 0; row < tracks.Count; row++)
        {
            RectF box = tracks[row].Box;
            for (int column = 0; column < candidates.Count; column++)
            {
                ref readonly Detection detection = ref seen.Detections[candidates[column]];
                double overlap = PixelOverlap.Of(box, detection.Box);
                double cost = 1 - (fuse ? overlap * detection.Score : overlap);
                if (byLook && overlap >= sort!.MinLookOverlap)
                {
                    // As published: half the distance of the looks, where it is small enough to say anything.
                    double distance = Distance(tracks[row].Look, seen.LookOf(candidates[column])) / 2;
                    cost = distance <= sort.MaxLookDistance ? Math.Min(cost, distance) : cost;
                }

                if (cost < limit)
                {
                    _assignment.Add(row, column, cost);
                }
            }
        }

        _assignment.Solve(limit);
    }

    /// <summary>Pairs by their look and class alone, wherever they are.</summary>
    public void SolveByLook(List<Track> tracks, List<int> candidates, in Seen seen, double limit)
    {
        _assignment.Begin(tracks.Count, candidates.Count);
        for (int row = 0; row < tracks.Count; row++)
        {
            for (int column = 0; column < candidates.Count; column++)
            {
                double distance = Distance(tracks[row].Look, seen.LookOf(candidates[column])) / 2;
                if (distance < limit && tracks[row].ClassId == seen.Detections[candidates[column]].ClassId)
                {
                    _assignment.Add(row, column, distance);
                }
            }
        }

        _assignment.Solve(limit);
    }

    /// <summary>1 minus the cosine; 1 where one of the two has no look.</summary>
    private static double Distance(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        if (one.Length != other.Length)
        {
            return 1;
        }

        float sum = 0;
        int at = 0;
        for (; at <= one.Length - Vector<float>.Count; at += Vector<float>.Count)
        {
            sum += Vector.Dot(new Vector<float>(one[at..]), new Vector<float>(other[at..]));
        }

        for (; at < one.Length; at++)
        {
            sum += one[at] * other[at];
        }

        return 1 - sum;
    }

    /// <summary>The detection that is this track's, by its place among all of the picture; -1 where there is none.</summary>
    public int DetectionOf(int row, List<int> candidates) => _assignment.RowMatch[row] is >= 0 and var column ? candidates[column] : -1;

    /// <summary>Takes out of the candidates those that found their track.</summary>
    public void KeepUnmatched(List<int> candidates)
    {
        int kept = 0;
        for (int column = 0; column < candidates.Count; column++)
        {
            if (_assignment.ColumnMatch[column] < 0)
            {
                candidates[kept++] = candidates[column];
            }
        }

        CollectionsMarshal.SetCount(candidates, kept);
    }
}
