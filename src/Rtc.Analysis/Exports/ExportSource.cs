using Rtc.Analysis.Reading;
using Rtc.Store.Queue;
using Rtc.Store.Videos;

namespace Rtc.Analysis.Exports;

/// <summary>What an export is of.</summary>
public sealed record ExportSource(AnalysisReader Reader, Video Video, JobId Job);
