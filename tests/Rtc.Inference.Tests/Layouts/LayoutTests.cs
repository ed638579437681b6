using Rtc.Inference.Hosting;
using Rtc.Inference.Onnx;
using Rtc.Inference.Tests.Models;
using Rtc.Media;

namespace Rtc.Inference.Tests.Layouts;

/// <summary>Each family's exact edges, recognised by shape and read right, on a picture with blobs in known places.</summary>
public sealed class LayoutTests : IDisposable
{
    private readonly PicturePool _pool = new();

    public static TheoryData<string> Families =>
    [
        "yolox", "yolox-decoded", "yolox-batch", "yolox-fp16", "yolox-u8", "yolov5", "yolov8", "yolov8-seg", "yolov8-batch",
        "end-to-end", "nanodet", "nanodet-plus", "yunet", "ssd-tensorflow", "ssd-torch", "detr", "detr-one-output",
    ];

    public void Dispose()
    {
        Assert.Equal(0, _pool.Outstanding);
        _pool.Dispose();
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Finds_the_red_cells_and_nothing_else(string family)
    {
        using ModelFolder folder = new();
        folder.Add("mystery", Make(family));
        using ModelHost host = folder.Host();
        using IDetector detector = host.OpenDetector("mystery", out string? problem);
        Assert.Null(problem);
        Assert.Equal("mystery", detector.Model);
        Assert.Equal("cpu", detector.Provider);

        // As large as the input, so that fitting changes nothing and boxes are known to the pixel.
        using Picture picture = Paint.Plain(_pool, BlobModels.Side, BlobModels.Side, (90, 90, 90));
        RectF[] cells = [new(32, 0, 64, 32), new(96, 64, 128, 96)];
        foreach (RectF cell in cells)
        {
            Paint.Fill(picture, cell, (255, 0, 0));
        }

        List<Detection> found = [];
        detector.Detect(picture, new DetectOptions { Confidence = 0.5f }, found);
        Assert.Equal(cells.Length, found.Count);
        foreach (RectF cell in cells)
        {
            Detection match = Assert.Single(found, detection => detection.Box.Iou(cell) > 0.93f);
            Assert.InRange(match.Score, 0.9f, 1f);
            int expectedClass = family == "ssd-tensorflow" ? 1 : 0;
            Assert.Equal(expectedClass, match.ClassId);
        }

        string expected = family.StartsWith("yolov8", StringComparison.Ordinal) ? "red thing" : family == "yunet" ? "face" : "person";
        Assert.Equal(expected, detector.ClassNames[found[0].ClassId]);
    }

    [Theory]
    [InlineData("yolox")]
    [InlineData("yolov8")]
    [InlineData("detr")]
    public void Boxes_come_back_into_pictures_of_other_shapes(string family)
    {
        using ModelFolder folder = new();
        folder.Add("m", Make(family));
        using ModelHost host = folder.Host();
        using IDetector detector = host.OpenDetector("m", out _);

        // 512×256: letterboxed to 128×64, in the corner or in the middle, or stretched.
        using Picture picture = Paint.Plain(_pool, 512, 256, (90, 90, 90));
        RectF blob = family switch
        {
            "yolox" => new RectF(128, 0, 256, 128),
            "yolov8" => new RectF(128, 0, 256, 128),
            _ => new RectF(128, 64, 256, 128),
        };
        Paint.Fill(picture, blob, (0, 255, 0));
        List<Detection> found = [];
        detector.Detect(picture, new DetectOptions { Confidence = 0.4f }, found);
        Detection only = Assert.Single(found);
        Assert.Equal(1, only.ClassId);
        Assert.True(only.Box.Iou(blob) > 0.95f, $"{only.Box}");
    }

    [Fact]
    public void A_free_size_follows_the_input_scale()
    {
        using ModelFolder folder = new();
        folder.Add("free", BlobModels.Yolox(freeSize: true));
        using ModelHost host = folder.Host();
        using IDetector detector = host.OpenDetector("free", out string? problem);
        Assert.Null(problem);
        using Picture picture = Paint.Plain(_pool, 640, 640, (90, 90, 90));
        RectF blob = new(128, 256, 256, 384);
        Paint.Fill(picture, blob, (255, 0, 0));
        List<Detection> found = [];
        foreach (float scale in new[] { 1f, 0.5f, 0.25f, 1f })
        {
            detector.Detect(picture, new DetectOptions { Confidence = 0.6f, InputScale = scale }, found);
            Assert.NotEmpty(found);
            Assert.All(
                found, detection => Assert.True(
                    detection.Box.Left >= 126 && detection.Box.Right <= 258 && detection.Box.Top >= 254 && detection.Box.Bottom <= 386,
                    $"{scale}: {detection.Box}"));
            Assert.Equal(scale == 0.25f ? 1 : scale == 0.5f ? 4 : 16, found.Count);
        }
    }

    [Fact]
    public void Classes_confidence_and_maximum_are_kept()
    {
        using ModelFolder folder = new();
        folder.Add("m", BlobModels.YoloV8());
        using ModelHost host = folder.Host();
        using IDetector detector = host.OpenDetector("m", out _);
        using Picture picture = Paint.Plain(_pool, 128, 128, (90, 90, 90));
        Paint.Fill(picture, new RectF(0, 0, 32, 32), (255, 0, 0));
        Paint.Fill(picture, new RectF(64, 0, 96, 32), (0, 255, 0));
        Paint.Fill(picture, new RectF(0, 64, 32, 96), (0, 0, 255));
        Paint.Fill(picture, new RectF(64, 64, 96, 96), (0, 0, 150));
        List<Detection> found = [];

        detector.Detect(picture, new DetectOptions { Confidence = 0.4f }, found);
        Assert.Equal([0, 1, 2, 2], found.Select(detection => detection.ClassId).Order());
        Assert.Equal(found.Select(detection => detection.Score).OrderDescending(), found.Select(detection => detection.Score));

        detector.Detect(picture, new DetectOptions { Confidence = 0.8f }, found);
        Assert.Equal([0, 1, 2], found.Select(detection => detection.ClassId).Order());

        detector.Detect(picture, new DetectOptions { Confidence = 0.4f, Classes = new HashSet<int> { 2 }, Maximum = 1 }, found);
        Assert.True(Assert.Single(found) is { ClassId: 2, Score: > 0.8f });
    }

    [Fact]
    public void An_unknown_layout_prints_its_shapes_and_the_known_ones()
    {
        using ModelFolder folder = new();
        OnnxGraph graph = new();
        string input = graph.Input("images", TensorType.Float, 1, 3, 64, 64);
        graph.Output("enigma", graph.Reshape(input, 1, 17, -1, 1, 1), TensorType.Float, "a", "b", "c", 1, 1);
        folder.Add("enigma", graph);
        graph = new();
        input = graph.Input("images", TensorType.Float, 1, 3, 64, 64);
        graph.Output("enigma", graph.Reshape(input, 1, 6, 2048), TensorType.Float, 1, 6, 2048);
        folder.Add("odd", graph);
        using ModelHost host = folder.Host();
        using IDetector detector = host.OpenDetector("odd", out string? problem);
        Assert.Equal("motion", detector.Model);
        Assert.Contains("enigma float32[1,6,2048]", problem, StringComparison.Ordinal);
        Assert.Contains("YOLOX", problem, StringComparison.Ordinal);
        using IDetector other = host.OpenDetector("enigma", out problem);
        Assert.NotNull(problem);
    }

    private static OnnxGraph Make(string family) => family switch
    {
        "yolox" => BlobModels.Yolox(),
        "yolox-decoded" => BlobModels.Yolox(decoded: true),
        "yolox-batch" => BlobModels.Yolox(freeBatch: true),
        "yolox-fp16" => BlobModels.Yolox(type: TensorType.Float16),
        "yolox-u8" => BlobModels.Yolox(type: TensorType.UInt8),
        "yolov5" => BlobModels.YoloV5(),
        "yolov8" => BlobModels.YoloV8(),
        "yolov8-seg" => BlobModels.YoloV8(masks: true),
        "yolov8-batch" => BlobModels.YoloV8(freeBatch: true),
        "end-to-end" => BlobModels.EndToEnd(),
        "nanodet" => BlobModels.NanoDet(),
        "yunet" => BlobModels.YuNet(),
        "nanodet-plus" => BlobModels.NanoDet(oneOutput: true),
        "ssd-tensorflow" => BlobModels.TensorFlowSsd(),
        "ssd-torch" => BlobModels.TorchSsd(),
        "detr" => BlobModels.Detr(),
        "detr-one-output" => BlobModels.Detr(oneOutput: true),
        _ => throw new ArgumentException(family),
    };
}
