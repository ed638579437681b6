using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Analysis;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Jobs;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Store;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Micro.Analysis;

/// <summary>How many times as fast as it plays a video is analysed, sampled twice a second, and what memory that takes.</summary>
internal static class AnalysisReport
{
    private const double SamplesPerSecond = 2;
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(string video, string model, int threads, TextWriter output)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rtc-analysis-bench-");
        using var models = new ModelHost(
            new ModelHostOptions { Directory = folder.FullName, Model = Path.GetFullPath(model), Threads = threads });
        VideoInfo info = VideoProbe.Read(video, new ContainerLimits(), CancellationToken.None).Info
            ?? throw new InvalidOperationException($"{video} is no video");
        await using var database = new Database(
            new StoreOptions { File = Path.Combine(folder.FullName, StoreOptions.FileName) }, TimeProvider.System);
        var videos = new VideoTable(database);
        var jobs = new JobTable(database);
        string file = Path.GetFullPath(video);
        UserId user = (await new UserTable(database).LocalAsync()).Id;
        DateTimeOffset now = database.Now;
        var row = new Video(
            videos.NewId(), user, Path.GetFileName(file), Path.GetFileName(file), new FileInfo(file).Length, "00",
            new VideoFacts(info.DurationSeconds, info.Width, info.Height, info.FrameRate.Value, info.Codec, info.TotalFrames, false),
            Video.Ready, null, now, now);
        await videos.AddAsync(row);
        var kind = new AnalyseKind(
            videos, new ResultTable(database), new TrackTable(database), new SceneTable(database), models,
            new AnalysisSettings(Path.GetDirectoryName(file)!, new ContainerLimits()));
        int every = Math.Max(1, (int)Math.Round(info.FrameRate.Value / SamplesPerSecond));
        foreach (string options in (string[])
            [$$"""{"sample_every":{{every}},"masks":false,"scenes":"none"}""", $$"""{"sample_every":{{every}}}"""])
        {
            await MeasureAsync(database, jobs, kind, row, options, info, output);
        }

        folder.Delete(recursive: true);
    }

    private static async Task MeasureAsync(
        Database database, JobTable jobs, AnalyseKind kind, Video video, string options, VideoInfo info, TextWriter output)
    {
        using var meter = new Meter("bench");
        using var self = Process.GetCurrentProcess();
        Job job = await jobs.AddAsync(
            jobs.NewId(), video.UserId, video.Id, AnalyseKind.KindName, options, kind.Steps(options));
        await using var workers = new JobWorkers(
            database, [kind], new JobOptions { Workers = 1, MaxFailures = 1 }, new FullPace(), new JobCounters(meter),
            NullLogger<JobWorkers>.Instance);
        long began = Stopwatch.GetTimestamp();
        TimeSpan cpu = self.TotalProcessorTime;
        workers.Start();
        List<(double Progress, long Megabytes)> memory = [];
        while (!job.IsOver)
        {
            await Task.Delay(s_lookEvery);
            job = (await jobs.FindAsync(video.UserId, job.Id))!;
            self.Refresh();
            memory.Add((job.Progress, self.WorkingSet64 >> 20));
        }

        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        self.Refresh();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{options}\n  {job.Status} {job.Error} {info.Width}×{info.Height}, {info.DurationSeconds:0} s in {seconds:0.0} s: "
                + $"{info.DurationSeconds / seconds:0.0} times as fast as it plays; "
                + $"{(self.TotalProcessorTime - cpu).TotalSeconds:0.0} s of processor, the decoder's left out, "
                + $"{(self.TotalProcessorTime - cpu).TotalSeconds / info.DurationSeconds * 60:0.0} s for a minute\n"
                + $"  {string.Join(", ", job.Steps.Select(step => $"{step.Id} {step.Seconds} s"))}\n"
                + $"  {job.Result}\n  MiB in use at "
                + $"{string.Join(", ", Quarters(memory).Select(at => $"{at.Progress:P0}: {at.Megabytes}"))}"));
    }

    private static IEnumerable<(double Progress, long Megabytes)> Quarters(List<(double Progress, long Megabytes)> memory) =>
        Enumerable.Range(0, 5).Select(quarter => memory[Math.Min(memory.Count - 1, memory.Count * quarter / 4)]);

    /// <summary>Nothing live is in the way.</summary>
    private sealed class FullPace : IJobPace
    {
        public JobPace Current => JobPace.Full;
    }
}
