using Rtc.Inference.Hosting;
using Rtc.Media;

namespace Rtc.Inference.Tests.Reference;

/// <summary>The boxes that we read out of real models on real pictures and clips, against <see cref="Judge"/>.</summary>
public sealed class BoxAgreementTests(ITestOutputHelper output)
{
    private const float MinOverlap = 0.95f;
    private const float MaxScoreApart = 0.02f;

    private const float Threshold = 0.35f;

    // Eight bits, their scale chosen anew for every picture: weak scores are noise.
    private const float EightBitThreshold = 0.6f;

    [Theory]
    [InlineData("images/crosswalk.jpg", 1280, 720, 1, 10)]
    [InlineData("images/people.jpg", 1280, 853, 1, 10)]
    [InlineData("video/one-by-one-person-detection.mp4", 768, 432, 90, 10)]
    [InlineData("video/bottle-detection.mp4", 640, 360, 90, 5)]
    public void Yolox_gives_the_boxes_that_ONNX_Runtime_in_Node_gives(string file, int width, int height, int every, int least)
    {
        string data = RealModels.Data;

        using ModelHost host = RealModels.Host(data);
        using IDetector detector = host.OpenDetector("yolox-nano", out string? problem);
        Assert.Null(problem);
        CompareBoxes(detector, "yolox", data, file, (width, height), every, Threshold, least);
    }

    [Theory]
    [InlineData("images/crosswalk.jpg", 1280, 720, 1, 5)]
    [InlineData("video/one-by-one-person-detection.mp4", 768, 432, 100, 5)]
    public void Yolov8_gives_the_boxes_that_ONNX_Runtime_in_Node_gives(string file, int width, int height, int every, int least)
    {
        string data = RealModels.Data;

        using ModelHost host = RealModels.Host(data);
        using IDetector detector = host.OpenDetector("agpl_yolov8n-seg_int8", out string? problem);
        Assert.Null(problem);
        CompareBoxes(detector, "seg", data, file, (width, height), every, EightBitThreshold, least);
    }

    private void CompareBoxes(
        IDetector detector, string kind, string data, string file, (int Width, int Height) size, int every, float threshold, int least)
    {
        var options = new DetectOptions { Confidence = threshold };
        List<Detection> found = [];
        int compared = 0;
        double worst = 1;
        float apart = 0;
        // A box this near to the threshold may fall on either side of it.
        Judge.Each(kind, data, file, size, every, threshold - MaxScoreApart, (picture, reading) =>
        {
            detector.Detect(picture, options, found);
            foreach (Judged truth in reading.Boxes.Where(box => box.Score > threshold + MaxScoreApart))
            {
                Detection match = found.MaxBy(one => one.ClassId == truth.ClassId ? truth.Agreement(one.Box) : -1);
                worst = Math.Min(worst, truth.Agreement(match.Box));
                apart = Math.Max(apart, Math.Abs(match.Score - truth.Score));
                Assert.True(truth.Agreement(match.Box) > MinOverlap,
                    $"class {truth.ClassId} {truth.Score:F3} {truth.Box} became {match.Score:F3} {match.Box}");
                Assert.InRange(match.Score, truth.Score - MaxScoreApart, truth.Score + MaxScoreApart);
                compared++;
            }

            // Nor do we find what the judge does not.
            Assert.All(found.Where(one => one.Score > threshold + MaxScoreApart), one => Assert.Contains(
                reading.Boxes, truth => truth.ClassId == one.ClassId && truth.Agreement(one.Box) > MinOverlap));
        });
        output.WriteLine($"{compared} boxes: least IoU {worst:F4}, scores at most {apart:F4} apart");
        Assert.True(compared >= least, $"{compared} boxes compared");
    }
}
