using Rtc.Jobs;
using Rtc.Store.Queue;
using Rtc.Studio.Tasks;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Tasks;

/// <summary>Tasks beside one another, as the queue runs them.</summary>
public sealed class ManyTasksTests
{
    [Fact]
    public async Task Ten_tasks_at_once_end_each_with_its_own_files()
    {
        using MadeClip clip = MadeClip.Of(96, 64, 3, _ => (0, 0), frame => (30 + (5 * frame), 32, 12));
        string file = ClipMaker.Write(clip);
        await using StudioStore store = await StudioStore.CreateAsync();
        string[] kinds = [StudioKind.TrackPoint, StudioKind.RemoveObject, StudioKind.TextToVideo];
        var jobs = new List<(string Kind, Job Job)>();
        for (int i = 0; i < 10; i++)
        {
            string kind = kinds[i % kinds.Length];
            jobs.Add((kind, await store.QueueAsync(
                kind, file, new StudioRequest { X = 30 / 0.96, Y = 50, FrameIndex = 0, Prompt = "what moves" })));
        }

        await using JobWorkers workers = store.Workers(new JobOptions { Workers = 10, PollEvery = TimeSpan.FromMilliseconds(50) });
        workers.Start();
        foreach ((string kind, Job job) in jobs)
        {
            Job over = await store.WaitAsync(job.Id, one => one.IsOver);
            Assert.Equal((JobStatus.Completed, null), (over.Status, over.Error));
            Assert.Equal(
                kind switch
                {
                    StudioKind.TrackPoint => ["clip", StudioFolder.MaskedVideo, StudioFolder.Masks, StudioFolder.CutOut],
                    StudioKind.RemoveObject => ["clip", StudioFolder.InpaintedVideo, StudioFolder.Masks],
                    _ => ["clip", StudioFolder.HighlightedVideo, StudioFolder.Masks, StudioFolder.CutOut],
                },
                new DirectoryInfo(store.Folder.Of(job.Id.Value)).EnumerateFiles().Select(one => one.Name).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Task_that_is_cancelled_in_the_queue_ends_and_leaves_no_half_of_a_file()
    {
        using MadeClip clip = MadeClip.Of(160, 120, 24, _ => (0, 0), frame => (40 + (3 * frame), 60, 16));
        await using StudioStore store = await StudioStore.CreateAsync();
        Job job = await store.QueueAsync(StudioKind.RemoveObject, ClipMaker.Write(clip), new StudioRequest { X = 25, Y = 50 });
        await using JobWorkers workers = store.Workers(new JobOptions { Workers = 1, PollEvery = TimeSpan.FromMilliseconds(50) });
        workers.Start();
        await store.WaitAsync(job.Id, one => one.IsOver || one.Steps[0].Status != "pending");
        await store.CancelAsync(job.Id);
        await workers.DisposeAsync();
        Assert.DoesNotContain(
            new DirectoryInfo(store.Folder.Of(job.Id.Value)).EnumerateFiles(), file => file.Extension is ".part" or ".frames");
    }
}
