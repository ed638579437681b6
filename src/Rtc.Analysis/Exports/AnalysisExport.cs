namespace Rtc.Analysis.Exports;

/// <summary>
/// Writes all that a job has found as one file, a page of rows in memory at a time. The same results give the same bytes: no file says
/// when it was written, or by which job.
/// </summary>
public static class AnalysisExport
{
    private static readonly Dictionary<string, Format> s_formats = new()
    {
        ["json"] = new("application/json", ".json", JsonExport.WriteAsync),
        ["coco"] = new("application/json", ".coco.json", CocoExport.WriteAsync),
        ["mot"] = new("text/plain", ".mot.txt", TextExports.WriteMotAsync),
        ["csv"] = new("text/csv", ".csv", TextExports.WriteCsvAsync),
    };

    public static IReadOnlyCollection<string> Formats => s_formats.Keys;

    /// <summary>Null where there is no such format.</summary>
    public static string? MediaType(string format) => s_formats.GetValueOrDefault(format)?.MediaType;

    /// <summary>How a file of the format ends.</summary>
    public static string EndingOf(string format) => s_formats[format].Ending;

    public static Task WriteAsync(string format, Stream output, ExportSource source, CancellationToken cancel) =>
        s_formats[format].WriteAsync(output, source, cancel);

    private sealed record Format(string MediaType, string Ending, Func<Stream, ExportSource, CancellationToken, Task> WriteAsync);
}
