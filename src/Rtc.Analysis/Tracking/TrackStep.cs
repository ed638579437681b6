using System.Globalization;
using System.Text.Json;
using Rtc.Analysis.Options;
using Rtc.Analysis.Records;
using Rtc.Jobs;
using Rtc.Media;
using Rtc.Store.Results;
using Rtc.Store.Videos;

namespace Rtc.Analysis.Tracking;

/// <summary>
/// Finds the tracks of all that was detected and writes them to the frames, the masks and the trajectories. What it reads is the same
/// whenever it is begun anew, so it goes on where it was by computing the same again.
/// </summary>
internal sealed class TrackStep(JobRun run, AnalyseOptions options, ResultTable frames, TrackTable tracks)
{
    public const string Step = "track";

    private const long ReadAtOnce = 5000;
    private const int WriteAtOnce = 100;
    private const int MinDigits = 3;

    /// <param name="video">Whose.</param>
    /// <param name="pictures">How many it has.</param>
    /// <param name="side">Pixels of a picture's longer side.</param>
    /// <param name="cancel">Ends it between two writes.</param>
    public async Task<IReadOnlyList<TrackRecord>> RunAsync(VideoId video, long pictures, int side, CancellationToken cancel)
    {
        bool isComplete = run.IsComplete(Step);
        if (isComplete)
        {
            return await StoredAsync(cancel).ConfigureAwait(false);
        }

        await run.BeginAsync(Step, cancel).ConfigureAwait(false);
        List<CandidateFrame> candidates = await ReadAsync(video, pictures, cancel).ConfigureAwait(false);
        var pass = new TrackPass(candidates, options, side);
        IReadOnlyList<FoundTrack> found = TrackStitch.Join(pass.Run(backward: false), pass.Run(backward: true));
        List<TrackRecord> records = Records(candidates, found, out Dictionary<(int Frame, int Reported), string> ids);
        List<TrackedFrame> pending = [];
        long done = run.PositionOf(Step)?.Position ?? 0;
        for (int at = (int)done; at < candidates.Count; at++)
        {
            if (Tracked(candidates[at], at, ids) is { } frame)
            {
                pending.Add(frame);
            }

            if (pending.Count >= WriteAtOnce || (pending.Count > 0 && run.IsSaveDue))
            {
                TrackedFrame[] batch = [.. pending];
                await run.SaveAsync(
                    at + 1, (at + 1.0) / candidates.Count, session => frames.SetTracksAsync(session, run.Job.Id, batch), cancel)
                    .ConfigureAwait(false);
                pending.Clear();
            }
        }

        await run.EndAsync(
            candidates.Count,
            async session =>
            {
                await frames.SetTracksAsync(session, run.Job.Id, pending).ConfigureAwait(false);
                await tracks.WriteAsync(session, run.Job.Id, video, records.Select(Row)).ConfigureAwait(false);
                await ResultTable.DropFaintAsync(session, run.Job.Id).ConfigureAwait(false);
            },
            cancel).ConfigureAwait(false);
        return records;
    }

    private async Task<IReadOnlyList<TrackRecord>> StoredAsync(CancellationToken cancel)
    {
        const int pageRows = 500;
        List<TrackRecord> all = [];
        while (true)
        {
            List<TrackResult> page = await tracks.ListAsync(run.Job.Id, all.Count == 0 ? string.Empty : all[^1].TrackId, pageRows, cancel)
                .ConfigureAwait(false);
            all.AddRange(page.Select(TrackRows.Record));
            if (page.Count < pageRows)
            {
                return all;
            }
        }
    }

    private async Task<List<CandidateFrame>> ReadAsync(VideoId video, long pictures, CancellationToken cancel)
    {
        List<CandidateFrame> all = [];
        for (long from = 0; from < pictures; from += ReadAtOnce)
        {
            List<FrameResult> page = await frames.SearchAsync(
                video, run.Job.Id, new FrameSearch { From = from, To = from + ReadAtOnce - 1 }, withMasks: false, cancel)
                .ConfigureAwait(false);
            all.AddRange(page.Select(Of));
        }

        return all;
    }

    private static CandidateFrame Of(FrameResult frame)
    {
        TrackHints hints = TrackHints.Read(frame.Faint);
        return new CandidateFrame(
            frame.Frame, frame.Seconds,
            [
                .. AnalysisJson.ReadObjects(frame.Detections).Select((one, index) => Of(one, index)),
                .. (hints.Faint ?? []).Select(one => Of(one, -1)),
            ],
            hints.CameraX, hints.CameraY, hints.Looks);
    }

    private static Candidate Of(FoundObject one, int reported) => new(
        one.Class, (float)one.Confidence,
        new RectF(
            (float)one.Bbox.X, (float)one.Bbox.Y, (float)(one.Bbox.X + one.Bbox.Width), (float)(one.Bbox.Y + one.Bbox.Height)),
        reported);

    private static TrackedFrame? Tracked(CandidateFrame frame, int at, Dictionary<(int Frame, int Reported), string> ids)
    {
        Candidate[] reported = [.. frame.Candidates.Where(candidate => candidate.Reported >= 0)];
        if (reported.Length == 0)
        {
            return null;
        }

        string?[] tracks = [.. reported.Select(candidate => ids.GetValueOrDefault((at, candidate.Reported)))];
        return new TrackedFrame(
            frame.Number, AnalysisJson.Write([.. reported.Select((candidate, index) => Found(candidate, tracks[index]))]), tracks);
    }

    private static FoundObject Found(Candidate candidate, string? track) => new(candidate.Class, Score(candidate), Box(candidate), track);

    private static double Score(Candidate candidate) => Math.Round((double)candidate.Score, 4);

    private static BoundingBox Box(Candidate candidate)
    {
        RectF box = candidate.Box;
        return new BoundingBox(Round(box.Left), Round(box.Top), Round(box.Width), Round(box.Height));

        static double Round(float value) => Math.Round((double)value, 2);
    }

    private static List<TrackRecord> Records(
        List<CandidateFrame> frames, IReadOnlyList<FoundTrack> found, out Dictionary<(int Frame, int Reported), string> ids)
    {
        ids = [];
        int digits = Math.Max(MinDigits, found.Count.ToString(CultureInfo.InvariantCulture).Length);
        List<TrackRecord> records = [];
        foreach (FoundTrack track in found)
        {
            string id = "obj_" + (records.Count + 1).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
            List<TrackPoint> points = [];
            foreach ((int at, int index) in track.Places)
            {
                Candidate candidate = frames[at].Candidates[index];
                points.Add(new TrackPoint(frames[at].Number, frames[at].Seconds, Box(candidate), Score(candidate)));
                if (candidate.Reported >= 0)
                {
                    ids[(at, candidate.Reported)] = id;
                }
            }

            records.Add(new TrackRecord(
                id, ClassOf(frames, track), points[0].Frame, points[^1].Frame, points[^1].Frame - points[0].Frame + 1,
                Math.Round(points.Average(point => point.Confidence), 4), points));
        }

        return records;
    }

    /// <summary>What most of its boxes say, by their scores.</summary>
    private static string ClassOf(List<CandidateFrame> frames, FoundTrack track) =>
        track.Places.Select(place => frames[place.Frame].Candidates[place.Candidate]).GroupBy(candidate => candidate.Class)
            .OrderByDescending(one => one.Sum(candidate => candidate.Score)).ThenBy(one => one.Key, StringComparer.Ordinal).First().Key;

    private static TrackResult Row(TrackRecord track) => new(
        track.TrackId, track.Class, track.StartFrame, track.EndFrame, track.AvgConfidence,
        JsonSerializer.Serialize(track.Frames, AnalysisJson.Default.IReadOnlyListTrackPoint));
}
