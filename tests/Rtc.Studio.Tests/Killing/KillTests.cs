using System.Diagnostics;
using Rtc.Jobs;
using Rtc.Store.Queue;
using Rtc.Studio.Tasks;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Killing;

/// <summary>A task whose program is killed is done by the next one, and nothing of the first attempt is left over.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Killed_program_leaves_a_task_that_the_next_one_completes()
    {
        using MadeClip clip = MadeClip.Of(160, 120, 16, _ => (0, 0), frame => (40 + (5 * frame), 60, 16));
        await using StudioStore store = await StudioStore.CreateAsync();
        Job job = await store.QueueAsync(StudioKind.RemoveObject, ClipMaker.Write(clip), new StudioRequest { X = 25, Y = 50 });
        foreach (string step in (string[])["track", "inpaint"])
        {
            using Process program = Start(store);
            Job now = await store.WaitAsync(job.Id, one => one.IsOver || one.Steps.Single(known => known.Id == step).Status != "pending");
            program.Kill();
            await program.WaitForExitAsync();
            output.WriteLine($"killed in {now.Steps.LastOrDefault(known => known.Status != "pending")?.Id}, attempt {now.Attempt}");
        }

        File.WriteAllText(Path.Combine(store.Folder.Of(job.Id.Value), "drums.wav.part"), "half");
        await using JobWorkers workers = store.Workers(KilledWorker.Options);
        workers.Start();
        Job over = await store.WaitAsync(job.Id, one => one.IsOver);
        Assert.Equal((JobStatus.Completed, null), (over.Status, over.Error));
        Assert.All(over.Steps, step => Assert.Equal("complete", step.Status));
        Assert.Equal(
            ["clip", StudioFolder.InpaintedVideo, StudioFolder.Masks],
            new DirectoryInfo(store.Folder.Of(job.Id.Value)).EnumerateFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
    }

    private static Process Start(StudioStore store)
    {
        string program = Path.ChangeExtension(typeof(KillTests).Assembly.Location, null);
        return Process.Start(new ProcessStartInfo(File.Exists(program) ? program : program + ".exe")
        {
            ArgumentList = { "worker", store.Root },
        })!;
    }
}
