using System.Diagnostics;
using System.Globalization;
using Rtc.Inference;
using Rtc.Inference.Hosting;

namespace Rtc.Bench;

/// <summary>
/// `--mode client`: the same clip and model with no server and no network, as a device that detects for itself. What a
/// server run takes above this is the way there and back.
/// </summary>
internal sealed class ClientRun(RunPlan plan, TextWriter progress)
{
    public async Task<RunResult> PlayAsync()
    {
        using var models = new ModelHost(new ModelHostOptions
        {
            Directory = Path.Combine(ServerUnderTest.Root(), "models"),
            Model = plan.Model,
            Provider = "auto",
        });
        await using ServerUnderTest self = ServerUnderTest.At(new Uri("http://localhost"), Environment.ProcessId);
        LocalPhone[] phones = [.. Enumerable.Range(0, plan.Users).Select(_ =>
            new LocalPhone(
                plan, models, plan.Video is { } file ? VideoClip.Read(file, plan.Width, plan.Height) : new Clip(plan.Width, plan.Height)))];
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(plan.WarmUp));
            Array.ForEach(phones, phone => phone.Reset());
            double? cpuBefore = self.CpuSeconds();
            long began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(began).TotalSeconds is var elapsed && elapsed < plan.Duration)
            {
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(5, plan.Duration - elapsed)));
                progress.WriteLine(
                    string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {Stopwatch.GetElapsedTime(began).TotalSeconds,5:0} s: {phones.Sum(phone => phone.Figures.Sent)} filmed, "
                    + $"{phones.Sum(phone => phone.Figures.Results)} results"));
            }

            double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            return new RunResult
            {
                Plan = plan,
                Seconds = seconds,
                Phones = [.. phones.Select(phone => phone.Figures)],
                ViewerFrames = 0,
                ViewerFreezes = 0,
                ViewerPackets = 0,
                ViewerPacketsLost = 0,
                ClosedBecause = null,
                CpuSeconds = self.CpuSeconds() - cpuBefore,
                PeakMegabytes = self.PeakMegabytes(),
                UplinkKbps = 0,
                DownlinkKbps = 0,
                RoomsBefore = null,
                RoomsAfter = null,
                Health = null,
            };
        }
        finally
        {
            Array.ForEach(phones, phone => phone.Dispose());
        }
    }
}
