using Rtc.Analysis.Options;
using Rtc.Inference;
using Rtc.Pipeline.Tracking;

namespace Rtc.Analysis.Tracking;

/// <summary>One run of the tracker over a video, forward or backward: the track of each candidate, by its place; −1 for none.</summary>
internal static class TrackPass
{
    // The tracker's steps.
    private const double StepsPerSecond = 30;

    // A buffer that is shorter than the time between two samples would lose each object at once.
    private const double MinBufferInSamples = 2;

    public static int[][] Run(IReadOnlyList<CandidateFrame> frames, AnalyseOptions options, bool backward)
    {
        int[][] tracks = new int[frames.Count][];
        double buffer = Math.Max(options.TrackBufferSeconds, MinBufferInSamples * SampleSeconds(frames)) * StepsPerSecond;
        var tracker = new ByteTracker(RoomTracking.Options(options.Confidence) with { LostBuffer = buffer }, new TrackIds());
        Detection[] detections = [];
        double? last = null;
        for (int at = 0; at < frames.Count; at++)
        {
            int index = backward ? frames.Count - 1 - at : at;
            CandidateFrame frame = frames[index];
            IReadOnlyList<Candidate> candidates = frame.Candidates;
            if (detections.Length < candidates.Count)
            {
                detections = new Detection[candidates.Count * 2];
            }

            for (int i = 0; i < candidates.Count; i++)
            {
                detections[i] = new Detection(0, candidates[i].Score, candidates[i].Box);
            }

            double steps = last is { } seconds ? Math.Abs(frame.Seconds - seconds) * StepsPerSecond : 1;
            last = frame.Seconds;
            int[] found = tracks[index] = new int[candidates.Count];
            Array.Fill(found, -1);
            foreach (Track track in tracker.Update(detections.AsSpan(0, candidates.Count), Math.Max(steps, 1e-3)))
            {
                found[track.Source] = track.Id;
            }
        }

        return tracks;
    }

    private static double SampleSeconds(IReadOnlyList<CandidateFrame> frames) =>
        frames.Count < 2 ? 0 : (frames[^1].Seconds - frames[0].Seconds) / (frames.Count - 1);
}
