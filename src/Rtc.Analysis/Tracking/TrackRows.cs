using System.Text.Json;
using Rtc.Analysis.Records;
using Rtc.Store.Results;

namespace Rtc.Analysis.Tracking;

/// <summary>From the store's rows to tracks.</summary>
internal static class TrackRows
{
    public static TrackRecord Record(TrackResult row) => new(
        row.TrackId, row.ObjectClass, row.StartFrame, row.EndFrame, row.EndFrame - row.StartFrame + 1, row.AverageConfidence,
        JsonSerializer.Deserialize(row.Trajectory, AnalysisJson.Default.IReadOnlyListTrackPoint)!);
}
