using Rtc.Inference.Hosting;
using Rtc.Inference.Onnx;
using Rtc.Inference.Tests.Models;
using Rtc.Media;

namespace Rtc.Inference.Tests.Hosting;

public sealed class ModelHostTests : IDisposable
{
    private readonly PicturePool _pool = new();
    private readonly ModelFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        Assert.Equal(0, _pool.Outstanding);
        _pool.Dispose();
    }

    [Theory]
    [InlineData("truncated", "truncated or is no ONNX model")]
    [InlineData("empty", "is empty")]
    [InlineData("text", "truncated or is no ONNX model")]
    [InlineData("huge", "more than the limit")]
    [InlineData("numbers", "int64")]
    [InlineData("nothing", "no model named 'nothing'")]
    [InlineData("../secret", "no model named '../secret'")]
    [InlineData("/etc/passwd", "no model named")]
    [InlineData("a\u0000b\nc", "no model named 'a?b?c'")]
    public void A_broken_model_is_named_and_the_embedded_detector_serves(string name, string reason)
    {
        byte[] good = BlobModels.Yolox().ToArray();
        _folder.Add("truncated", good[..(good.Length / 2)]);
        _folder.Add("empty", []);
        _folder.Add("text", "this is not a model"u8.ToArray());
        _folder.Add("huge", new byte[300_000]);
        OnnxGraph numbers = new();
        numbers.Output(
            "output", numbers.Cast(numbers.Input("images", TensorType.Int64, 1, 3, 128, 128), TensorType.Float), TensorType.Float, 1, 3,
            128, 128);
        _folder.Add("numbers", numbers);
        using ModelHost host = _folder.Host(options => options with { MaxModelBytes = 250_000 });
        using IDetector detector = host.OpenDetector(name, out string? problem);
        Assert.Equal("motion", detector.Model);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
        using Picture picture = Paint.Plain(_pool, 64, 64, (1, 2, 3));
        detector.Detect(picture, new DetectOptions(), []);
    }

    /// <summary>A few bytes of a file would have cost gigabytes, or an exception that nobody expects.</summary>
    [Theory]
    [InlineData(1, 3, 40_000, 40_000, "no input takes a picture")]
    [InlineData(1, 3, 5_000_000_000, 640, "no input takes a picture")]
    [InlineData(3000, 3, 640, 640, "is too large")]
    [InlineData(long.MaxValue, 3, 640, 640, "invalid dimension")]
    public void Model_that_takes_absurd_sizes_costs_no_memory(long images, long channels, long height, long width, string reason)
    {
        OnnxGraph graph = new();
        graph.Output("output", graph.Input("images", TensorType.Float, images, channels, height, width), TensorType.Float, 1, 84, 8400);
        _folder.Add("absurd", graph);
        using ModelHost host = _folder.Host();
        long before = Environment.WorkingSet;
        using IDetector detector = host.OpenDetector("absurd", out string? problem);
        Assert.Equal("motion", detector.Model);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 1L << 30);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Bytes_changed_anywhere_in_a_model_never_do_worse_than_an_error(int seed)
    {
        byte[] good = BlobModels.YoloV8().ToArray();
        Random random = new(seed);
        using ModelHost host = _folder.Host();
        using Picture picture = Paint.Plain(_pool, 64, 64, (1, 2, 3));
        for (int round = 0; round < 12; round++)
        {
            byte[] bad = [.. good];
            for (int i = 0; i < 1 + (round * 3); i++)
            {
                // The head and the nodes, where the structure is; weights may be anything.
                bad[random.Next(Math.Min(bad.Length, 2500))] = (byte)random.Next(256);
            }

            _folder.Add($"bad{round}", bad);
            using IDetector detector = host.OpenDetector($"bad{round}", out string? problem);
            Assert.True(detector.Model != "motion" || problem is not null);
            detector.Detect(picture, new DetectOptions(), []);
        }
    }

    [Fact]
    public void Without_models_auto_is_the_embedded_detector_and_says_how_to_get_one()
    {
        using ModelHost host = _folder.Host();
        using IDetector detector = host.OpenDetector("auto", out string? problem);
        Assert.Equal("motion", detector.Model);
        Assert.Contains("rtc models pull yolox-nano", problem, StringComparison.Ordinal);
        using ISegmenter segmenter = host.OpenSegmenter("auto", out problem);
        Assert.Equal("grabcut", segmenter.Model);
        Assert.Null(problem);
    }

    [Fact]
    public void A_copyleft_model_is_listed_and_never_chosen_by_itself()
    {
        OnnxGraph graph = BlobModels.YoloV8();
        graph.Metadata("license", "AGPL-3.0 License (https://example.org)");
        _folder.Add("a-first-by-name", graph);
        using ModelHost host = _folder.Host();
        Assert.Contains("copyleft", Assert.Single(host.Models, model => model.Name == "a-first-by-name").Licence, StringComparison.Ordinal);
        using (IDetector none = host.OpenDetector("auto", out _))
        {
            Assert.Equal("motion", none.Model);
        }

        _folder.Add("z-last", BlobModels.Yolox());
        using IDetector free = host.OpenDetector("auto", out _);
        Assert.Equal("z-last", free.Model);
        using IDetector asked = host.OpenDetector("a-first-by-name", out string? problem);
        Assert.Null(problem);
        Assert.Equal("a-first-by-name", asked.Model);
    }

    [Fact]
    public void Listing_for_threads_that_must_not_wait_is_looked_up_by_another()
    {
        using ModelHost host = _folder.Host();
        _folder.Add("later", BlobModels.Yolox());
        Assert.DoesNotContain(host.Listed, model => model.Name == "later");
        Assert.True(
            SpinWait.SpinUntil(() => host.Listed.Any(model => model.Name == "later"), TimeSpan.FromSeconds(30)), "it is never seen");
        _folder.Add("latest", BlobModels.Yolox());
        Assert.Contains(host.Models, model => model.Name == "latest");
        Assert.Contains(host.Listed, model => model.Name == "latest");
    }

    [Fact]
    public void A_file_of_the_owner_s_choice_is_auto()
    {
        using ModelFolder elsewhere = new();
        string path = elsewhere.Add("special", BlobModels.Yolox());
        using ModelHost host = _folder.Host(options => options with { Model = path });
        using IDetector detector = host.OpenDetector("auto", out string? problem);
        Assert.Null(problem);
        Assert.Equal("special", detector.Model);
    }

    [Fact]
    public void Weights_are_loaded_once_and_let_go_when_nobody_needs_them()
    {
        _folder.Add("one", BlobModels.Yolox());
        _folder.Add("two", BlobModels.YoloV8());
        using ModelHost host = _folder.Host();
        IDetector[] rooms = [.. Enumerable.Range(0, 8).Select(room => host.OpenDetector("one", out _))];
        LoadedModelReport report = Assert.Single(host.Loaded);
        Assert.Equal(8, report.Handles);
        Assert.True(report.WeightBytes > 0 && report.FirstRun > 0);
        foreach (IDetector room in rooms)
        {
            room.Dispose();
        }

        // The last one is kept for who comes next; another takes its place.
        Assert.Single(host.Loaded);
        host.OpenDetector("two", out _).Dispose();
        Assert.Equal("two", Assert.Single(host.Loaded).Name);
    }

    [Fact]
    public void Broken_file_does_not_push_out_a_model_kept_for_the_next_room()
    {
        _folder.Add("good", BlobModels.Yolox());
        _folder.Add("bad", "this is not a model"u8.ToArray());
        using ModelHost host = _folder.Host(options => options with { IdleModelsKept = 1 });
        host.OpenDetector("good", out _).Dispose();
        host.OpenDetector("bad", out string? problem).Dispose();
        Assert.NotNull(problem);
        Assert.Equal("good", Assert.Single(host.Loaded).Name);
    }

    [Fact]
    public void A_newer_file_takes_over_in_all_rooms_between_two_pictures()
    {
        _folder.Add("m", BlobModels.Yolox());
        using ModelHost host = _folder.Host();
        using IDetector first = host.OpenDetector("m", out _);
        using IDetector second = host.OpenDetector("m", out _);
        using Picture picture = Paint.Plain(_pool, 128, 128, (90, 90, 90));
        Paint.Fill(picture, new RectF(32, 0, 64, 32), (255, 0, 0));
        List<Detection> found = [];
        first.Detect(picture, new DetectOptions(), found);
        Assert.Equal("person", first.ClassNames[Assert.Single(found).ClassId]);

        _folder.Add("m", BlobModels.YoloV8());
        Assert.True(host.TryReload("m", out string? problem), problem);
        foreach (IDetector room in new[] { first, second })
        {
            room.Detect(picture, new DetectOptions(), found);
            Assert.Equal("red thing", room.ClassNames[Assert.Single(found).ClassId]);
        }

        _folder.Add("m", "broken"u8.ToArray());
        Assert.False(host.TryReload("m", out problem));
        Assert.NotNull(problem);
        first.Detect(picture, new DetectOptions(), found);
        Assert.Single(found);
    }

    /// <summary>WebGPU reads the environment, which its own test writes meanwhile: it is tried there alone.</summary>
    public static TheoryData<string> ProviderNames => new(Providers.Names.Where(name => name != "webgpu"));

    [Theory]
    [MemberData(nameof(ProviderNames))]
    public void Each_provider_by_name_runs_or_gives_way_to_the_processor(string name)
    {
        _folder.Add("m", BlobModels.Yolox());
        using ModelHost host = _folder.Host(options => options with { Provider = name });
        using IDetector detector = host.OpenDetector("m", out string? problem);
        if (name is "auto" or "cpu" || detector.Provider == name)
        {
            Assert.Null(problem);
            return;
        }

        Assert.Equal("cpu", detector.Provider);
        Assert.StartsWith($"{name}: ", problem, StringComparison.Ordinal);
        Assert.True(problem!.Length > name.Length + 10, problem);
        Assert.DoesNotContain("[ErrorCode", problem, StringComparison.Ordinal);
        Assert.StartsWith($"{name}: ", Assert.Single(host.Models, model => model.Name == "m").Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_provider_is_refused_on_start() =>
        Assert.Contains(
            "webgpu", Assert.Throws<ArgumentException>(() => _folder.Host(options => options with { Provider = "quantum" })).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Model_that_fails_at_work_is_replaced_by_the_embedded_detector()
    {
        // Gathers with an index that the brightness of the picture gives: in range when black, out of it when white.
        OnnxGraph graph = new();
        string picture = graph.Input("images", TensorType.Float, 1, 3, 128, 128);
        string mean = graph.Reshape(graph.Node("ReduceMean", [picture]), 1);
        string index = graph.Cast(graph.Multiply(mean, graph.Scalar(1)), TensorType.Int64);
        string rows = graph.Constant(new float[336 * 85], 1, 336, 85);
        string picked = graph.Node("Gather", [graph.Constant(new float[10], 10), index], ("axis", 0L));
        graph.Output("output", graph.Add(rows, graph.Reshape(picked, 1, 1, 1)), TensorType.Float, 1, 336, 85);
        _folder.Add("fragile", graph);
        using ModelHost host = _folder.Host();
        using IDetector detector = host.OpenDetector("fragile", out string? problem);
        Assert.Null(problem);
        Assert.Equal("fragile", detector.Model);
        using Picture white = Paint.Plain(_pool, 128, 128, (255, 255, 255));
        List<Detection> found = [];
        detector.Detect(white, new DetectOptions(), found);
        Assert.Equal("motion", detector.Model);
        Assert.Equal("embedded", detector.Provider);
        Assert.Contains("out of data bounds", detector.Failure, StringComparison.Ordinal);
        Assert.Contains(
            "failed while running", Assert.Single(host.Models, model => model.Name == "fragile").Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Many_rooms_at_once_each_get_their_own_boxes(bool freeBatch)
    {
        const int rooms = 6;
        const int most = 400;
        _folder.Add("m", BlobModels.Yolox(freeBatch: freeBatch));
        using ModelHost host = _folder.Host(options => options with { TogetherDeadline = TimeSpan.FromSeconds(1) });
        IDetector[] detectors = [.. Enumerable.Range(0, rooms).Select(room => host.OpenDetector("m", out _))];
        Picture[] pictures = [.. Enumerable.Range(0, rooms).Select(i =>
        {
            Picture picture = Paint.Plain(_pool, 128, 128, (90, 90, 90));
            Paint.Fill(picture, new RectF(i % 4 * 32, i / 4 * 32, (i % 4 * 32) + 32, (i / 4 * 32) + 32), (255, 0, 0));
            return picture;
        })];
        int rounds = 0;
        do
        {
            // A thread a room: the pool would lend two on a small machine, and then nobody ever waits beside another.
            Task[] working = [.. Enumerable.Range(0, rooms).Select(i => Task.Factory.StartNew(
                () =>
            {
                List<Detection> found = [];
                for (int round = 0; round < 5; round++)
                {
                    detectors[i].Detect(pictures[i], new DetectOptions { Confidence = 0.6f }, found);
                    Assert.True(
                        Assert.Single(found).Box.Iou(new RectF(i % 4 * 32, i / 4 * 32, (i % 4 * 32) + 32, (i / 4 * 32) + 32)) > 0.95f);
                }
            },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default))];
            await Task.WhenAll(working);
            rounds++;
        }
        while (freeBatch && Assert.Single(host.Loaded) is { } soFar && soFar.Runs == soFar.Images && rounds < most);

        LoadedModelReport report = Assert.Single(host.Loaded);
        Assert.Equal(rooms * 5 * rounds, report.Images);
        Assert.Equal(freeBatch, report.Runs < report.Images);
        Assert.Equal(freeBatch, report.SharedBytes > 0);
        foreach (IDetector detector in detectors)
        {
            detector.Dispose();
        }

        foreach (Picture picture in pictures)
        {
            picture.Dispose();
        }
    }

    [Fact]
    public void A_picture_costs_no_managed_memory_to_speak_of()
    {
        _folder.Add("m", BlobModels.Yolox());
        using ModelHost host = _folder.Host();
        using IDetector detector = host.OpenDetector("m", out _);
        using Picture picture = Paint.Plain(_pool, 640, 480, (90, 90, 90));
        List<Detection> found = [];
        DetectOptions options = new();
        for (int i = 0; i < 50; i++)
        {
            detector.Detect(picture, options, found);
        }

        const int pictures = 200;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < pictures; i++)
        {
            detector.Detect(picture, options, found);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / pictures, 0, 256);
    }
}
