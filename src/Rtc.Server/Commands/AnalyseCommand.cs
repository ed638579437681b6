using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Rtc.Analysis;
using Rtc.Analysis.Exports;
using Rtc.Analysis.Records;
using Rtc.Inference.Hosting;
using Rtc.Inference;
using Rtc.Store.Queue;
using Rtc.Store.Videos;

namespace Rtc.Server.Commands;

/// <summary><c>rtc analyse</c>: what is in a video, as a table, as JSON or as files; without a server.</summary>
internal static class AnalyseCommand
{
    public static Command Create()
    {
        var command = new Command("analyse", "Analyse a video: objects, outlines, tracks and scenes.");
        var video = new Argument<string>("VIDEO") { Description = "An MP4, MOV, AVI, MKV or WebM file" };
        var every = new Option<int>("--sample-every")
        {
            Description = "Look at every N-th picture",
            DefaultValueFactory = _ => 5,
            HelpName = "N",
        };
        var confidence = new Option<float>("--confidence")
        {
            Description = "Lowest score that counts, 0.01 to 1",
            DefaultValueFactory = _ => 0.5f,
            HelpName = "SCORE",
        };
        var noMasks = new Option<bool>("--no-masks") { Description = "Leave the outlines out" };
        var into = new Option<string>("--out")
        {
            Description = $"Write all exports there: {string.Join(", ", AnalysisExport.Formats)}",
            HelpName = "DIR",
        };
        command.Arguments.Add(video);
        (Option<string> model, Option<string> provider) = VisionSession.AddOptions(command);
        command.Options.Add(every);
        command.Options.Add(confidence);
        command.Options.Add(noMasks);
        command.Options.Add(into);
        Option<bool> json = CommandJson.AddTo(command, "The whole result as one JSON document");
        command.SetAction((result, cancel) =>
        {
            var options = new JsonObject
            {
                ["sample_every"] = result.GetValue(every),
                ["confidence"] = Math.Round((double)result.GetValue(confidence), 4),
                ["masks"] = !result.GetValue(noMasks),
            };
            return RunAsync(
                result.GetValue(video)!, result.GetValue(model), result.GetValue(provider), options.ToJsonString(), result.GetValue(into),
                result.GetValue(json), result.InvocationConfiguration, cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        string video, string? model, string? provider, string options, string? into, bool json, InvocationConfiguration console,
        CancellationToken cancel)
    {
        TextWriter error = console.Error;
        using ModelHost? host = VisionSession.OpenForVideo(video, model, provider, error, out int code);
        if (host is null)
        {
            return code;
        }

        await using var analysis = new LocalAnalysis(host);
        if (analysis.Check(options) is { } bad)
        {
            error.WriteLine($"rtc: {bad}");
            return RtcCommand.Misused;
        }

        if (await analysis.RunAsync(video, options, cancel) is not { } job)
        {
            error.WriteLine($"rtc: {video} can't be read: {analysis.Error}");
            return RtcCommand.Misused;
        }

        if (job.Status != JobStatus.Completed)
        {
            error.WriteLine($"rtc: {video}: {(job.Error ?? "it was cancelled").ReplaceLineEndings(" ")}");
            return RtcCommand.Failed;
        }

        ExportSource source = analysis.Source(job);
        AnalysisSummary summary = LocalAnalysis.SummaryOf(job);
        if (summary.Notice is { } notice)
        {
            error.WriteLine($"rtc: {summary.Model} stands in: {notice.ReplaceLineEndings(" ")}");
        }

        if (into is not null && await TryWriteAsync(source, into, error, cancel) is false)
        {
            return RtcCommand.Misused;
        }

        console.Output.WriteLine(
            json ? await TextAsync(source, cancel) : await TableAsync(video, source, summary, job, cancel));
        return RtcCommand.Good;
    }

    private static async Task<bool> TryWriteAsync(ExportSource source, string into, TextWriter error, CancellationToken cancel)
    {
        try
        {
            Directory.CreateDirectory(into);
            foreach (string format in AnalysisExport.Formats)
            {
                string name = Path.GetFileNameWithoutExtension(source.Video.Name) + AnalysisExport.EndingOf(format);
                await using FileStream file = File.Create(Path.Combine(into, name));
                await AnalysisExport.WriteAsync(format, file, source, cancel);
            }

            return true;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"rtc: {into} can't be written: {failed.Message.ReplaceLineEndings(" ")}");
            return false;
        }
    }

    private static async Task<string> TextAsync(ExportSource source, CancellationToken cancel)
    {
        using var bytes = new MemoryStream();
        await AnalysisExport.WriteAsync("json", bytes, source, cancel);
        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private static async Task<string> TableAsync(
        string video, ExportSource source, AnalysisSummary summary, Job job, CancellationToken cancel)
    {
        const int maxRows = 1000;
        VideoFacts facts = source.Video.Facts;
        double seconds = job.Steps.Sum(step => step.Seconds);
        List<string> lines =
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"{video}  {facts.Width}×{facts.Height}  {facts.DurationSeconds:0.0} s at {facts.Fps:0.##}  {facts.Codec}"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{summary.Model} on {summary.Provider}  {summary.Frames} frames  {summary.Detections} detections  {summary.Masks} masks"
                    + $"  {seconds:0.0} s, {facts.DurationSeconds / Math.Max(seconds, 1e-3):0.0} times as fast as it plays"),
            string.Empty,
            "  track     class           from      to  frames  score",
        ];
        foreach (TrackRecord track in await source.Reader.TracksAsync(source.Job, string.Empty, maxRows, cancel))
        {
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"  {track.TrackId,-8}  {track.Class,-12}  {Seconds(track.StartFrame),6:0.0}  {Seconds(track.EndFrame),6:0.0}  "
                    + $"{track.Frames.Count,6}   {track.AvgConfidence:0.00}"));
        }

        lines.AddRange([string.Empty, "  scene    from      to  importance  shows"]);
        foreach (SceneRecord scene in await source.Reader.ScenesAsync(source.Job, 0, maxRows, cancel))
        {
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"  {scene.SceneNumber,5}  {Seconds(scene.StartFrame),6:0.0}  {Seconds(scene.EndFrame + 1),6:0.0}  {scene.Importance,10}  "
                    + $"{scene.Description}"));
        }

        return string.Join('\n', lines);

        double Seconds(long frame) => facts.Fps > 0 ? frame / facts.Fps : 0;
    }
}
