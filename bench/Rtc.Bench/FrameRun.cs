using System.Globalization;
using System.Diagnostics;

namespace Rtc.Bench;

/// <summary>`--mode ws`: users that send pictures over the frame socket and get masks back.</summary>
internal sealed class FrameRun(RunPlan plan, TextWriter progress)
{
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
        Array.ForEach(users, user => user.Begin());
        double? cpuBefore = server.CpuSeconds();
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds is var elapsed && elapsed < plan.Duration
            && !users.Any(user => user.ClosedBecause is not null))
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(5, plan.Duration - elapsed)));
            progress.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {Stopwatch.GetElapsedTime(began).TotalSeconds,5:0} s: {users.Sum(user => user.Sent)} sent, "
                    + $"{users.Sum(user => user.Returned)} answered"));
        }

        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Summary beside = Samples.Of(users, user => user.BesideMs).Summarize();
        progress.WriteLine(FormattableString.Invariant($"  beside the model: median {beside.Median:0.00} ms, p95 {beside.P95:0.00} ms"));
        return new RunResult
        {
            Plan = plan,
            Seconds = seconds,
            Phones = users,
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
        };
    }
}
