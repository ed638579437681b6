using Rtc.Inference.Hosting;
using Rtc.Inference.Segment;
using Rtc.Media;
using Rtc.Media.Images;

namespace Rtc.Inference.Tests;

/// <summary>
/// Real models on real pictures, against what independent programs made of the same files: OpenCV's DNN for YOLOX
/// (tests/Rtc.Inference.Tests/Reference/yolox.py), ONNX Runtime in Node for the masks and maps (segment.mjs).
/// </summary>
public sealed class RealModelTests(ITestOutputHelper output)
{
    // What yolox.py prints for crosswalk.jpg at a confidence of 0.35 and more: class, score, left, top, right, bottom.
    private static readonly (int ClassId, float Score, RectF Box)[] Crosswalk =
    [
        (0, 0.883f, new(148.3f, 196.8f, 332.3f, 644.3f)),
        (0, 0.853f, new(648.9f, 247.1f, 790.4f, 620.1f)),
        (0, 0.850f, new(485.9f, 276.0f, 608.7f, 694.8f)),
        (0, 0.848f, new(772.8f, 261.5f, 901.3f, 619.6f)),
        (0, 0.824f, new(1021.9f, 291.1f, 1167.3f, 674.4f)),
        (0, 0.761f, new(1191.9f, 257.5f, 1279.3f, 636.9f)),
        (0, 0.753f, new(911.1f, 287.4f, 1008.3f, 586.0f)),
        (0, 0.714f, new(299.5f, 285.3f, 399.3f, 622.4f)),
        (9, 0.625f, new(674.8f, 104.0f, 710.0f, 245.1f)),
        (0, 0.539f, new(4.9f, 45.6f, 291.6f, 709.9f)),
        (0, 0.536f, new(595.7f, 249.1f, 688.0f, 612.3f)),
        (9, 0.436f, new(422.7f, 156.7f, 461.9f, 254.4f)),
        (0, 0.382f, new(978.6f, 293.3f, 1041.3f, 601.1f)),
    ];

    [Fact]
    public void Yolox_finds_on_a_street_what_OpenCV_finds_with_it()
    {
        string data = RealModels.Data;

        using PicturePool pool = new();
        using ModelHost host = RealModels.Host(data);
        using IDetector detector = host.OpenDetector("yolox-nano", out string? problem);
        Assert.Null(problem);
        Assert.Equal("yolox-nano", Assert.Single(host.Loaded).Name);
        using Picture picture = Decode(pool, Path.Combine(data, "images", "crosswalk.jpg"));
        List<Detection> found = [];
        detector.Detect(picture, new DetectOptions { Confidence = 0.36f }, found);
        Assert.Equal(Crosswalk.Length, found.Count);
        foreach ((int classId, float score, RectF box) in Crosswalk)
        {
            Detection match = found.MaxBy(detection => detection.ClassId == classId ? detection.Box.Iou(box) : 0);
            output.WriteLine($"{detector.ClassNames[classId]} {score} {match.Score:F3} IoU {match.Box.Iou(box):F4}");
            Assert.True(match.Box.Iou(box) > 0.95f, $"{box} became {match.Box}");
            Assert.InRange(match.Score, score - 0.02f, score + 0.02f);
        }
    }

    [Fact]
    public void Auto_prefers_the_free_model_and_the_others_are_known_for_what_they_are()
    {
        string data = RealModels.Data;

        using PicturePool pool = new();
        using ModelHost host = RealModels.Host(data);
        using IDetector detector = host.OpenDetector("auto", out _);
        Assert.Equal("yolox-nano", detector.Model);
        Assert.Contains(
            "copyleft", Assert.Single(host.Models, model => model.Name.StartsWith("agpl", StringComparison.Ordinal)).Licence,
            StringComparison.Ordinal);
        using Picture picture = Decode(pool, Path.Combine(data, "images", "crosswalk.jpg"));

        // The person in front, whose outline both mask models see.
        RectF person = new(148, 196, 332, 644);
        using ISegmenter prototypes = host.OpenSegmenter("agpl_yolov8n-seg_int8", out string? problem);
        Assert.Null(problem);
        Assert.True(prototypes.TrySegment(picture, new MaskPrompt(person, null, null), out Mask? mask));
        Assert.InRange(Share(mask!), 0.3, 0.9);
        using SemanticSegmenter? map = host.OpenSegmenter("deeplab_v3_1_default_1", out problem) as SemanticSegmenter;
        Assert.True(map is not null, problem);
        Assert.True(map.TryMap(picture, out ClassMap classes, out problem), problem);
        int people = classes.Classes.Count(id => map.ClassNames[id] == "person");
        output.WriteLine($"person on {100.0 * people / classes.Classes.Length:F1}% of the map");
        Assert.InRange((double)people / classes.Classes.Length, 0.15, 0.6);
    }

    private static double Share(Mask mask) => (double)mask.Alpha.ToArray().Count(alpha => alpha > 127) / mask.Alpha.Length;

    private static Picture Decode(PicturePool pool, string file)
    {
        Assert.True(Jpeg.TryDecode(File.ReadAllBytes(file), pool, out Picture? picture, out string? problem), problem);
        return picture!;
    }
}
