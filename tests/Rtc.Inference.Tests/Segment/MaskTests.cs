using Rtc.Inference.Hosting;
using Rtc.Inference.Segment;
using Rtc.Inference.Tests.Models;
using Rtc.Media;

namespace Rtc.Inference.Tests.Segment;

public sealed class MaskTests : IDisposable
{
    private readonly PicturePool _pool = new();

    public void Dispose()
    {
        Assert.Equal(0, _pool.Outstanding);
        _pool.Dispose();
    }

    [Theory]
    [InlineData(100, 80, 260, 300, 640, 480)]
    [InlineData(0, 0, 640, 480, 640, 480)]
    [InlineData(620, 460, 640, 480, 640, 480)]
    [InlineData(3, 5, 5, 9, 640, 480)]
    [InlineData(10, 0, 90, 1080, 1920, 1080)]
    public void The_crop_holds_the_box_is_square_and_lies_in_the_picture_where_it_can(
        int left, int top, int right, int bottom, int width, int height)
    {
        RectF box = new(left, top, right, bottom);
        SamCrop crop = SamCrop.Around(box, width, height);
        Assert.Equal(crop.Square.Width, crop.Square.Height);
        Assert.True(
            crop.Square.Left <= left && crop.Square.Top <= top && crop.Square.Right >= right && crop.Square.Bottom >= bottom, $"{crop}");
        Assert.True(crop.Side >= Math.Max(box.Width, box.Height) * 1.2f - 1);
        if (crop.Side <= Math.Min(width, height))
        {
            Assert.Equal(crop.Square, crop.Inside);
        }

        (float x, float y) = crop.ToModel(left, top, 1024);
        Assert.Equal(left, crop.Left + (x * crop.Side / 1024), 3);
        Assert.Equal(top, crop.Top + (y * crop.Side / 1024), 3);
    }

    [Fact]
    public void A_mask_is_put_back_to_the_pixel()
    {
        // The model's map says how far each place is right of an edge, measured in the picture's pixels.
        const int map = 256;
        foreach (int seed in Enumerable.Range(1, 50))
        {
            Random random = new(seed);
            SamCrop crop = SamCrop.Around(
                new RectF(random.Next(0, 500), random.Next(0, 300), random.Next(520, 640), random.Next(310, 480)), 640, 480);
            crop = crop with { Side = Math.Min(crop.Side, 250) };
            int edge = crop.Left + random.Next(5, crop.Side - 5);
            float[] values = new float[map * map];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = crop.Left + (((i % map) + 0.5f) / map * crop.Side) - edge;
            }

            Mask mask = MaskLift.Lift(values, map, map, crop.Square, crop.Inside, 0.25f);
            Assert.Equal(crop.Inside, mask.Region);
            Assert.Equal((int)crop.Inside.Width, mask.Width);
            for (int x = 0; x < mask.Width; x++)
            {
                int pixel = (int)mask.Region.Left + x;
                Assert.Equal(pixel >= edge ? 255 : 0, mask.Row(mask.Height / 2)[x]);
            }
        }
    }

    [Theory]
    [InlineData("sam")]
    [InlineData("sam2")]
    [InlineData("efficientsam")]
    public void Promptable_models_cut_out_what_is_pointed_at(string kind)
    {
        using ModelFolder folder = new();
        switch (kind)
        {
            case "sam":
                folder.Add("mine_encoder", MaskModels.SamEncoder());
                folder.Add("mine_decoder", MaskModels.SamDecoder());
                break;
            case "sam2":
                folder.Add("mine.encoder", MaskModels.Sam2Encoder());
                folder.Add("mine.decoder", MaskModels.Sam2Decoder());
                break;
            default:
                folder.Add("mine", MaskModels.EfficientSam());
                break;
        }

        using ModelHost host = folder.Host(options => options with { MaxAutomaticMaskTime = TimeSpan.FromMinutes(1) });
        Assert.Single(host.Models, model => model is { Name: "mine", Task: "mask", OnDisk: true });
        using ISegmenter segmenter = host.OpenSegmenter("auto", out string? problem);
        Assert.Null(problem);
        Assert.Equal("mine", segmenter.Model);

        using Picture picture = Paint.Plain(_pool, 640, 480, (90, 90, 90));
        RectF thing = new(200, 120, 360, 280);
        Paint.Fill(picture, new RectF(420, 100, 560, 300), (220, 30, 30));
        Paint.Fill(picture, thing, (30, 30, 220));
        Assert.True(segmenter.TrySegment(picture, new MaskPrompt(thing, null, null), out Mask? mask));
        Assert.True(Iou(mask!, thing, picture) > 0.9, $"{kind}: {Iou(mask!, thing, picture)}");

        // A point alone looks at the whole picture, so that the edge is coarser.
        RectF other = new(420, 100, 560, 300);
        Assert.True(segmenter.TrySegment(picture, new MaskPrompt(null, 490, 200), out mask));
        Assert.True(Iou(mask!, other, picture) > 0.85, $"{kind}: {Iou(mask!, other, picture)}");
        Assert.False(segmenter.TrySegment(picture, default, out _));
    }

    [Fact]
    public void A_target_at_the_picture_s_edge_is_cut_out_where_it_is()
    {
        using ModelFolder folder = new();
        folder.Add("mine", MaskModels.EfficientSam());
        using ModelHost host = folder.Host();
        using ISegmenter segmenter = host.OpenSegmenter("mine", out _);
        using Picture picture = Paint.Plain(_pool, 320, 180, (90, 90, 90));
        RectF tall = new(280, 0, 320, 180);
        Paint.Fill(picture, tall, (30, 30, 220));
        Assert.True(segmenter.TrySegment(picture, new MaskPrompt(tall, null, null), out Mask? mask));
        Assert.True(mask!.Region.Left >= 0 && mask.Region.Right <= 320 && mask.Region.Bottom <= 180, $"{mask.Region}");
        Assert.True(Iou(mask, tall, picture) > 0.9, $"{Iou(mask, tall, picture)}");
    }

    [Fact]
    public void An_encoder_without_its_decoder_says_so_and_GrabCut_serves()
    {
        using ModelFolder folder = new();
        folder.Add("lonely_encoder", MaskModels.SamEncoder());
        using ModelHost host = folder.Host();
        using ISegmenter segmenter = host.OpenSegmenter("lonely_encoder", out string? problem);
        Assert.Equal("grabcut", segmenter.Model);
        Assert.Contains("without its decoder", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slow_mask_model_is_not_taken_by_itself()
    {
        using ModelFolder folder = new();
        folder.Add("mine", MaskModels.EfficientSam());
        using ModelHost host = folder.Host(options => options with { MaxAutomaticMaskTime = TimeSpan.Zero });
        using ISegmenter segmenter = host.OpenSegmenter("auto", out string? problem);
        Assert.Equal("grabcut", segmenter.Model);
        Assert.Contains("choose it by name", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_detector_with_prototypes_gives_masks()
    {
        using ModelFolder folder = new();
        folder.Add("seg", BlobModels.YoloV8(masks: true));
        using ModelHost host = folder.Host();
        using ISegmenter segmenter = host.OpenSegmenter("seg", out string? problem);
        Assert.Null(problem);
        using Picture picture = Paint.Plain(_pool, 256, 256, (90, 90, 90));
        RectF cell = new(64, 128, 128, 192);
        Paint.Fill(picture, new RectF(64, 128, 128, 176), (255, 0, 0));
        Assert.True(segmenter.TrySegment(picture, new MaskPrompt(cell, null, null), out Mask? mask));
        Assert.True(Iou(mask!, new RectF(64, 128, 128, 176), picture) > 0.9);
        Assert.True(segmenter.TrySegment(picture, new MaskPrompt(null, 90, 150), out mask));
        Assert.False(segmenter.TrySegment(picture, new MaskPrompt(new RectF(0, 0, 40, 40), null, null), out mask));
        Assert.Null(mask);
    }

    [Theory]
    [InlineData("deeplab")]
    [InlineData("humanseg")]
    [InlineData("segformer")]
    public void Semantic_maps_give_classes_and_masks(string kind)
    {
        using ModelFolder folder = new();
        folder.Add(
            "sem", kind switch { "deeplab" => MaskModels.DeepLab(), "humanseg" => MaskModels.HumanSeg(), _ => MaskModels.SegFormer() });
        using ModelHost host = folder.Host();
        using Picture picture = Paint.Plain(_pool, 512, 512, (60, 60, 60));
        RectF thing = new(128, 64, 256, 384);
        Paint.Fill(picture, thing, (250, 10, 10));
        using (SemanticSegmenter? semantic = host.OpenSegmenter("sem", out string? problem) as SemanticSegmenter)
        {
            Assert.NotNull(semantic);
            Assert.True(semantic.TryMap(picture, out ClassMap map, out problem), problem);
            int expected = kind switch { "deeplab" => 15, "humanseg" => 1, _ => 11 };
            Assert.Equal(expected, map.Classes[(map.Height * 200 / 512 * map.Width) + (map.Width * 200 / 512)]);
            Assert.Equal(0, map.Classes[0]);
            if (kind != "segformer")
            {
                Assert.Equal("person", semantic.ClassNames[expected]);
            }
        }

        using ISegmenter segmenter = host.OpenSegmenter("sem", out _);
        Assert.True(segmenter.TrySegment(picture, new MaskPrompt(thing, null, null), out Mask? mask));
        Assert.True(Iou(mask!, thing, picture) > 0.88, $"{Iou(mask!, thing, picture)}");
        Assert.False(segmenter.TrySegment(picture, new MaskPrompt(new RectF(400, 400, 500, 500), null, null), out _));
        using IDetector detector = host.OpenDetector("sem", out string? wrong);
        Assert.Equal("motion", detector.Model);
        Assert.Contains("is no detector", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void GrabCut_follows_an_outline_and_starts_from_its_last_one()
    {
        using GrabCutSegmenter segmenter = new();
        for (int step = 0; step < 5; step++)
        {
            using Picture picture = Paint.Plain(_pool, 640, 480, (120, 130, 120));
            Paint.Texture(picture, 5, 90, 150);
            RectF body = new(200 + (step * 6), 200, 300 + (step * 6), 420);
            RectF head = new(230 + (step * 6), 120, 270 + (step * 6), 200);
            Paint.Fill(picture, body, (30, 60, 200));
            Paint.Fill(picture, head, (220, 180, 150));
            RectF box = new(200 + (step * 6), 120, 300 + (step * 6), 420);
            Assert.True(segmenter.TrySegment(picture, new MaskPrompt(box, null, null), out Mask? mask));
            double iou = Iou(mask!, [body, head], picture);
            Assert.True(iou > 0.85, $"step {step}: {iou}");
        }
    }

    [Fact]
    public void GrabCut_on_a_box_that_breathes_costs_no_managed_memory_to_speak_of()
    {
        using GrabCutSegmenter segmenter = new();
        using Picture picture = Paint.Plain(_pool, 640, 480, (120, 130, 120));
        Paint.Texture(picture, 5, 90, 150);
        Paint.Fill(picture, new RectF(215, 140, 285, 410), (30, 60, 200));
        const int pictures = 60;
        long before = 0;
        for (int i = 0; i < 2 * pictures; i++)
        {
            before = i == pictures ? GC.GetAllocatedBytesForCurrentThread() : before;
            RectF box = new(200 - (i % 3), 120, 300 + (i % 2), 420 + (i % 4));
            Assert.True(segmenter.TrySegment(picture, new MaskPrompt(box, null, null), out _));
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / pictures, 0, 1024);
    }

    [Fact]
    public void GrabCut_finds_no_outline_where_there_is_none()
    {
        using GrabCutSegmenter segmenter = new();
        using Picture picture = Paint.Plain(_pool, 64, 64, (120, 130, 120));
        Assert.False(segmenter.TrySegment(picture, new MaskPrompt(null, 10, 10), out _));
        Assert.False(segmenter.TrySegment(picture, new MaskPrompt(new RectF(5, 5, 6, 6), null, null), out _));
        Assert.False(segmenter.TrySegment(picture, new MaskPrompt(new RectF(-50, -50, -5, -5), null, null), out _));
    }

    [Fact]
    public void An_ellipse_fills_its_box_softly()
    {
        using EllipseSegmenter segmenter = new();
        using Picture picture = Paint.Plain(_pool, 640, 480, (120, 130, 120));
        Assert.True(segmenter.TrySegment(picture, new MaskPrompt(new RectF(100, 100, 200, 300), null, null), out Mask? mask));
        Assert.Equal(255, mask!.Row(mask.Height / 2)[mask.Width / 2]);
        Assert.Equal(0, mask.Row(0)[0]);
        Assert.Contains(mask.Alpha.ToArray(), alpha => alpha is > 60 and < 200);
    }

    private static double Iou(Mask mask, RectF truth, Picture picture) => Iou(mask, [truth], picture);

    private static double Iou(Mask mask, RectF[] truth, Picture picture) =>
        MaskOverlap.Iou(mask, picture, (x, y) => truth.Any(part => part.Contains(x + 0.5f, y + 0.5f)));
}
