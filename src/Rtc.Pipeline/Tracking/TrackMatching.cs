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
    /// <param name="detections">All of the picture.</param>
    /// <param name="limit">A pair that costs this much is none.</param>
    /// <param name="fuse">Whether a doubtful detection overlaps less.</param>
    public void Solve(List<Track> tracks, List<int> candidates, ReadOnlySpan<Detection> detections, double limit, bool fuse)
    {
        _assignment.Begin(tracks.Count, candidates.Count);
        if (tracks.Count == 0 || candidates.Count == 0)
        {
            return;
        }

        for (int row = 0; row < tracks.Count; row++)
        {
            RectF box = tracks[row].Box;
            for (int column = 0; column < candidates.Count; column++)
            {
                ref readonly Detection detection = ref detections[candidates[column]];
                double overlap = PixelOverlap.Of(box, detection.Box);
                double cost = 1 - (fuse ? overlap * detection.Score : overlap);
                if (cost < limit)
                {
                    _assignment.Add(row, column, cost);
                }
            }
        }

        _assignment.Solve(limit);
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
