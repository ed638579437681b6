using System.Text.Json;
using Rtc.Jobs;
using Rtc.Store.Queue;
using Rtc.Store.Results;

namespace Rtc.Store.Tests.Jobs;

/// <summary>Goes over a number of frames twice, writes a row for each, and keeps a sum that only a right resumption gets right.</summary>
internal sealed class CountingKind(ResultTable results, Func<long, Task>? onFrame = null) : IJobKind
{
    public const int Frames = 40;
    public const int Batch = 4;

    /// <summary>Frames that were worked on, again ones too.</summary>
    public long Worked;

    public string Name => "count";

    public string? Check(string options) => null;

    public IReadOnlyList<JobStep> Steps(string options) => [new("one", "One"), new("two", "Two")];

    public async Task<string?> RunAsync(JobRun run, CancellationToken cancel)
    {
        long sum = 0;
        foreach (string step in (string[])["one", "two"])
        {
            long from = run.PositionOf(step)?.Position ?? 0;
            sum = run.PositionOf(step)?.State is { } state ? long.Parse(state) : sum;
            if (run.IsComplete(step))
            {
                continue;
            }

            await run.BeginAsync(step, cancel);
            List<FrameResult> found = [];
            for (long frame = from; frame < Frames; frame++)
            {
                await run.PaceAsync(cancel);
                await (onFrame?.Invoke(frame) ?? Task.CompletedTask);
                Interlocked.Increment(ref Worked);
                sum += frame;
                found.Add(new FrameResult(
                    step == "one" ? frame : Frames + frame, frame / 10.0, """[{"class":"person","confidence":0.9}]""",
                    [new MaskResult("obj_001", "3,5,10", 5)]));
                if (found.Count == Batch && frame + 1 < Frames)
                {
                    FrameResult[] batch = [.. found];
                    await run.SaveAsync(
                        frame + 1, (frame + 1.0) / Frames,
                            session => results.WriteAsync(session, run.Job.Id, run.Job.VideoId!.Value, batch),
                        cancel, sum.ToString());
                    found.Clear();
                }
            }

            await run.EndAsync(
                Frames, session => results.WriteAsync(session, run.Job.Id, run.Job.VideoId!.Value, found), cancel, sum.ToString());
        }

        return JsonSerializer.Serialize(new { sum });
    }

    /// <summary>What a job's result is, however often it was interrupted.</summary>
    public static long Sum => (long)Frames * (Frames - 1);
}
