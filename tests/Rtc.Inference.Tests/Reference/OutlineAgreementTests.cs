using Rtc.Inference.Hosting;
using Rtc.Inference.Segment;
using Rtc.Media;

namespace Rtc.Inference.Tests.Reference;

/// <summary>The outlines and maps that we read out of real models on real pictures and clips, against <see cref="Judge"/>.</summary>
public sealed class OutlineAgreementTests(ITestOutputHelper output)
{
    private const int Person = 0;
    private const int VocPerson = 15;

    [Fact]
    public void Outlines_of_prototypes_are_the_judges_to_the_pixel()
    {
        string data = RealModels.Data;

        const string file = "video/one-by-one-person-detection.mp4";
        using ModelHost host = RealModels.Host(data);
        using ISegmenter segmenter = host.OpenSegmenter("agpl_yolov8n-seg_int8", out string? problem);
        Assert.Null(problem);
        var overlaps = new List<double>();
        Judge.Each("seg", data, file, (768, 432), 100, 0.5f, (picture, reading) =>
        {
            foreach (Judged person in reading.Boxes.Where(box => box.ClassId == Person))
            {
                Assert.True(segmenter.TrySegment(picture, new MaskPrompt(person.Box, null, null), out Mask? mask));
                overlaps.Add(Overlap(mask!, person.Mask!, picture));
            }
        });
        output.WriteLine($"{overlaps.Count} outlines: mean IoU {overlaps.Average():F3}, least {overlaps.Min():F3}");
        Assert.True(overlaps.Count >= 5, $"{overlaps.Count} outlines");
        Assert.True(overlaps.Average() > 0.95 && overlaps.Min() > 0.85, $"mean {overlaps.Average():F3}, least {overlaps.Min():F3}");
    }

    [Theory]
    [InlineData("images/crosswalk.jpg", 1280, 720, 1)]
    [InlineData("video/one-by-one-person-detection.mp4", 768, 432, 120)]
    public void A_map_of_classes_is_the_judges_place_by_place(string file, int width, int height, int every)
    {
        string data = RealModels.Data;

        using ModelHost host = RealModels.Host(data);
        using SemanticSegmenter? map = host.OpenSegmenter("deeplab_v3_1_default_1", out string? problem) as SemanticSegmenter;
        Assert.True(map is not null, problem);
        int persons = 0;
        Judge.Each("deeplab", data, file, (width, height), every, 0, (picture, reading) =>
        {
            Assert.True(map.TryMap(picture, out ClassMap classes, out string? error), error);
            Assert.Equal((reading.MapWidth, reading.MapHeight), (classes.Width, classes.Height));
            double same = classes.Classes.Zip(reading.Classes).Count(pair => pair.First == pair.Second) / (double)reading.Classes.Length;
            persons += reading.Classes.Count(id => id == VocPerson);
            output.WriteLine($"{same:P2} of the places alike");
            Assert.True(same > 0.98, $"{same:P2} of the places alike");
        });
        Assert.True(persons > 0, "nobody in the pictures: they prove nothing");
    }

    /// <summary>GrabCut has no model; on people taller than a third of the picture its outline stands beside that of one.</summary>
    [Fact]
    public void GrabCut_follows_people_better_than_an_ellipse()
    {
        string data = RealModels.Data;

        const string File = "video/one-by-one-person-detection.mp4";
        (int width, int height) = (768, 432);

        var cut = new List<double>();
        var round = new List<double>();
        Judge.Each("seg", data, File, (width, height), 100, 0.5f, (picture, reading) =>
        {
            foreach (Judged person in reading.Boxes.Where(box => box.ClassId == Person && box.Box.Height > height / 3f))
            {
                using GrabCutSegmenter grabCut = new();
                using EllipseSegmenter ellipse = new();
                var prompt = new MaskPrompt(person.Box, null, null);
                cut.Add(grabCut.TrySegment(picture, prompt, out Mask? mask) ? Overlap(mask!, person.Mask!, picture) : 0);
                Assert.True(ellipse.TrySegment(picture, prompt, out mask));
                round.Add(Overlap(mask!, person.Mask!, picture));
            }
        });
        output.WriteLine($"{cut.Count} persons: mean IoU of GrabCut {cut.Average():F3}, of the ellipse {round.Average():F3}");
        Assert.True(cut.Count >= 3, $"{cut.Count} persons");
        Assert.True(cut.Average() > 0.7, $"{cut.Average():F3}");
        Assert.True(cut.Average() > round.Average(), $"{cut.Average():F3} against the ellipse's {round.Average():F3}");
    }

    private static double Overlap(Mask mask, byte[] truth, Picture picture) =>
        MaskOverlap.Iou(mask, picture, (x, y) => truth[(y * picture.Width) + x] > 0);
}
