using Rtc.Inference.Layouts;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;
using Rtc.Inference.Running;
using Rtc.Inference.Tests.Models;

namespace Rtc.Inference.Tests.Running;

/// <summary>What those who share a run are told when it fails.</summary>
public sealed class InferenceSchedulerTests : IDisposable
{
    private const int Rooms = 6;
    private const int MaxRounds = 2000;
    private readonly ModelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Error_of_a_shared_run_reaches_all_that_shared_it()
    {
        string path = _folder.Add("m", BlobModels.Yolox(freeBatch: true));
        var options = new ModelHostOptions
        {
            Directory = _folder.Location,
            Provider = "cpu",
            Threads = 1,
            TogetherDeadline = TimeSpan.FromSeconds(1),
        };
        Assert.True(OrtRuntime.TryLoad(null, out OrtRuntime? runtime, out string? problem), problem);
        using var slots = new ModelSlots(new ModelLoader(runtime!, options), Provider.Cpu, options);
        ModelHandle[] handles = [.. Enumerable.Range(0, Rooms).Select(_ => Open(slots, path))];
        InferenceScheduler scheduler = handles[0].Model.Scheduler;
        var layout = new FailingLayout(((ModelKind.Detector)handles[0].Model.Kind).Layout);
        int answered = 0;
        int failed = 0;
        int rounds = 0;
        while (layout.Calls == 0 && rounds++ < MaxRounds)
        {
            await Task.WhenAll(handles.Select(handle => Task.Factory.StartNew(
                () =>
                {
                    var request = new InferenceRequest { Binding = handle.Bind(layout.Plan), Plan = layout.Plan };
                    for (int i = 0; i < 5; i++)
                    {
                        try
                        {
                            handle.Execute(request, layout);
                            Interlocked.Increment(ref answered);
                        }
                        catch (InvalidOperationException)
                        {
                            Interlocked.Increment(ref failed);
                        }
                    }
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));
        }

        Assert.True(layout.Calls > 0, "nobody ever ran beside another: this tests nothing");
        Assert.Equal(scheduler.Images, answered + failed);
        Assert.Equal(scheduler.Runs - layout.Calls, answered);
        Assert.Equal(scheduler.Images - answered, failed);
        Assert.True(failed > layout.Calls, "no run had a follower");
        foreach (ModelHandle handle in handles)
        {
            handle.Dispose();
        }
    }

    private static ModelHandle Open(ModelSlots slots, string path) =>
        slots.TryOpen("m", path, out ModelHandle? handle, out string? problem) ? handle! : throw new InvalidOperationException(problem);

    /// <summary>Fails once for each run of several pictures, in a way that is not the runtime's.</summary>
    private sealed class FailingLayout(IDetectorLayout inner) : IDetectorLayout
    {
        public int Calls;

        public string Name => inner.Name;

        public TensorPlan Plan => inner.Plan;

        public int ClassCount => inner.ClassCount;

        public void Decode(OrtRun run, int image, TensorPlan plan, float confidence, Candidates into)
        {
            Interlocked.Increment(ref Calls);
            throw new InvalidOperationException("the outputs are not what they should be");
        }
    }
}
