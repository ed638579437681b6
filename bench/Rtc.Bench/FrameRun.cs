using System.Globalization;
using System.Diagnostics;

namespace Rtc.Bench;

/// <summary>`--mode ws`: users that send pictures over the frame socket and get masks back.</summary>
internal sealed class FrameRun(RunPlan plan, TextWriter progress)
{
    private const double RoundSeconds = 5;

    // Answers that are still on their way, or the first ones after a silence.
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(300);

    public async Task<RunResult> PlayAsync()
    {
        string[] more = plan.Model is { } model && model != "motion" ? ["--set", $"Segmentation:Fast={model}"] : [];
        await using ServerUnderTest server = plan.Url is { } url
            ? ServerUnderTest.At(url, plan.ProcessId)
            : await ServerUnderTest.StartAsync(
                "motion", [.. more, "--set", "Segmentation:MaxSocketsPerAddress=1000", "--set", "Segmentation:MaxSockets=1000"]);
        FrameUser[] users = [.. Enumerable.Range(0, plan.Users).Select(_ =>
            new FrameUser(plan, plan.Video is { } file
                ? VideoClip.Read(file, plan.Width, plan.Height)
                : new Clip(plan.Width, plan.Height), server.Address))];
        try
        {
            foreach (FrameUser user in users)
            {
                await user.StartAsync();
            }

            await Task.Delay(TimeSpan.FromSeconds(plan.WarmUp));
            return await MeasureAsync(server, users);
        }
        finally
        {
            foreach (FrameUser user in users)
            {
                await user.DisposeAsync();
            }
        }
    }

    private async Task<RunResult> MeasureAsync(ServerUnderTest server, FrameUser[] users)
    {
        using BareModel? bare = plan.BareSeconds == 0 ? null
            : new BareModel(plan.Model ?? throw new UsageException("--bare needs a file as --model"), plan.Width, plan.Height);
        double? cpuBefore = server.CpuSeconds();
        var measured = TimeSpan.Zero;
        List<double> memory = [];
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds is var elapsed && elapsed < plan.Duration
            && !users.Any(user => user.ClosedBecause is not null))
        {
            await RunBareAsync(bare, users);
            Array.ForEach(users, user => user.Begin());
            long from = Stopwatch.GetTimestamp();
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(RoundSeconds - plan.BareSeconds, plan.Duration - elapsed)));
            measured += Stopwatch.GetElapsedTime(from);
            memory.Add(server.ResidentMegabytes() ?? 0);
            progress.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {Stopwatch.GetElapsedTime(began).TotalSeconds,5:0} s: {users.Sum(user => user.Figures.Sent)} sent, "
                    + $"{users.Sum(user => user.Figures.Returned)} answered, {memory[^1]:0} MB"));
        }

        double seconds = measured.TotalSeconds;
        Summary beside = Samples.Of(users, user => user.BesideMs).Summarize();
        progress.WriteLine(FormattableString.Invariant($"  beside the model: median {beside.Median:0.00} ms, p95 {beside.P95:0.00} ms"));
        return new RunResult
        {
            Plan = plan,
            Seconds = seconds,
            Phones = [.. users.Select(user => user.Figures)],
            ViewerFrames = 0,
            ViewerFreezes = 0,
            ViewerPackets = 0,
            ViewerPacketsLost = 0,
            ClosedBecause = users.Select(user => user.ClosedBecause).FirstOrDefault(reason => reason is not null),
            CpuSeconds = server.CpuSeconds() - cpuBefore,
            PeakMegabytes = server.PeakMegabytes(),
            UplinkKbps = users.Sum(user => user.BytesSent) * 8 / seconds / 1000,
            DownlinkKbps = users.Sum(user => user.BytesReceived) * 8 / seconds / 1000,
            RoomsBefore = null,
            RoomsAfter = null,
            Health = null,
            BesideModel = beside,
            BareRate = bare?.Rate,
            MemoryGrowth = Growth(memory),
        };
    }

    /// <summary>The model alone, with all users silent; what they measure after it begins once frames flow again.</summary>
    private async Task RunBareAsync(BareModel? bare, FrameUser[] users)
    {
        if (bare is null)
        {
            return;
        }

        Array.ForEach(users, user => user.Pause());
        await Task.Delay(s_settle);
        bare.Run(TimeSpan.FromSeconds(plan.BareSeconds));
        Array.ForEach(users, user => user.Resume());
        await Task.Delay(s_settle);
    }

    /// <summary>From the second fifth of the run to its last, medians.</summary>
    private static double? Growth(List<double> memory)
    {
        int fifth = memory.Count / 5;
        return fifth == 0 ? null : Middle(memory[^fifth..]) - Middle(memory[fifth..(2 * fifth)]);

        static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);
    }
}
