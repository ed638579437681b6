using System.Diagnostics;
using Rtc.Inference;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Loops;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Xunit;

namespace Rtc.Pipeline.Tests;

[Collection("alone")]
public class SoakTests
{
    [Fact]
    public async Task A_thousand_rooms_open_and_close_and_leave_nothing_behind()
    {
        using var pool = new PicturePool();
        var models = new FakeModels { Find = _ => [new Detection(0, 0.9f, new RectF(10, 10, 30, 40))] };
        var codecs = new FakeCodecs();
        (long Memory, int Threads, int Handles) before = default;
        for (int i = 0; i < 1000; i++)
        {
            if (i == 200)
            {
                before = Footprint();
            }

            var output = new RecordingOutput();
            await using var room = new RoomPipeline(new RoomPipelineOptions(), models, pool, output, TimeProvider.System, codecs);
            for (uint picture = 0; picture < 3; picture++)
            {
                room.TryPush(FakeCodecs.Code(64, 48, 50, 3000 * picture, picture == 0, 0));
            }

            if (i % 10 != 0)
            {
                // Most rooms have worked when they close, every tenth closes in the middle of its work.
                output.Until(() => output.Coded.Count == 3 && !output.Results.IsEmpty, "pictures and a result");
            }
        }

        (long Memory, int Threads, int Handles) after = Footprint();
        Console.WriteLine(
            $"1,000 rooms: memory {before.Memory / 1024} → {after.Memory / 1024} KiB, threads {before.Threads} → {after.Threads}, "
                + $"handles {before.Handles} → {after.Handles}");
        Assert.Equal(0, pool.Outstanding);
        Assert.Equal(0, codecs.Open);
        Assert.Equal(0, models.Open);
        Assert.InRange(after.Memory - before.Memory, long.MinValue, 2_000_000);
        Assert.InRange(after.Threads - before.Threads, int.MinValue, 20);
    }

    [Fact]
    public void One_room_that_runs_for_ten_minutes_stays_as_large_as_it_was()
    {
        using var room = new Simulation(new RoomSettings { Mode = ViewMode.FocusAnnotate });
        room.Output.KeepResults = false;
        var random = new Random(1);
        room.Models.Find = _ =>
            Enumerable.Range(0, random.Next(6)).Select(i => new Detection(i % 3, 0.9f, new RectF(i * 10, 5, (i * 10) + 12, 30))).ToList();
        room.Run(60);
        room.Board.Select(new PlaceF(0.1f, 0.3f), 0);
        room.Output.Coded.Clear();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int minute = 0; minute < 9; minute++)
        {
            room.Run(60);
            room.Output.Coded.Clear();
            room.Board.Select(new PlaceF((float)random.NextDouble(), (float)random.NextDouble()), minute % 2);
        }

        long after = GC.GetTotalMemory(forceFullCollection: true);
        Console.WriteLine($"one room for ten minutes: {before / 1024} → {after / 1024} KiB");
        Assert.InRange(after - before, long.MinValue, 1_500_000);
    }

    [Fact]
    public void A_result_costs_less_than_a_kibibyte()
    {
        using var room = new Simulation();
        room.Output.KeepResults = false;
        Detection[] found = [.. Enumerable.Range(0, 8).Select(i => new Detection(0, 0.9f, new RectF(i * 8, 5, (i * 8) + 7, 30)))];
        var fake = new NoAllocationModels(found);
        var board = new SharedScene();
        using var stage = new VisionStage(new RoomPipelineOptions(), fake, room.Output, board, room.Counters, TimeProvider.System);
        using Picture picture = room.Pool.Rent(64, 48);
        var settings = new RoomSettings();
        for (int i = 0; i < 300; i++)
        {
            stage.Process(picture, new PictureInfo(i, 0, i * 3000, 0, 0), settings);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 300; i < 600; i++)
        {
            stage.Process(picture, new PictureInfo(i, 0, i * 3000, 0, 0), settings);
        }

        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / 300;
        Console.WriteLine($"allocated per result with 8 objects: {each} bytes");
        Assert.InRange(each, 0, 1023);
    }

    private static (long, int, int) Footprint()
    {
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        int handles = Directory.Exists("/proc/self/fd") ? Directory.GetFileSystemEntries("/proc/self/fd").Length : process.HandleCount;
        return (memory, process.Threads.Count, handles);
    }

    /// <summary>A detector that finds the same things without allocating, so that only the stage is measured.</summary>
    private sealed class NoAllocationModels(Detection[] found) : IModelHost, IDetector
    {
        public IReadOnlyList<ModelInfo> Models => [];

        public string Model => "fixed";

        public string Provider => "cpu";

        public IReadOnlyList<string> ClassNames { get; } = ["person"];

        public IDetector OpenDetector(string name, out string? problem)
        {
            problem = null;
            return this;
        }

        public ISegmenter OpenSegmenter(string name, out string? problem) => throw new NotSupportedException();

        public IClassMapper OpenClasses(string profile, out string? problem) => throw new NotSupportedException();

        public DetectTimings Detect(Picture picture, DetectOptions options, List<Detection> into)
        {
            into.Clear();
            into.AddRange(found);
            return default;
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>Tests that read the whole process's memory: nothing else may run beside them.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class AloneCollection;
