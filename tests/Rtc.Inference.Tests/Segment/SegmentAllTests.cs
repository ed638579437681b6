using System.Collections;
using Rtc.Inference.Hosting;
using Rtc.Inference.Segment;
using Rtc.Inference.Tests.Models;
using Rtc.Media;

namespace Rtc.Inference.Tests.Segment;

/// <summary>All objects of one picture at once: from one look at it, each as if it were alone, whatever was asked before.</summary>
public sealed class SegmentAllTests : IDisposable
{
    private static readonly (byte R, byte G, byte B) s_ground = (90, 90, 90);
    private static readonly RectF s_first = new(80, 120, 240, 280);
    private static readonly RectF s_second = new(400, 200, 560, 400);
    private readonly PicturePool _pool = new();

    public void Dispose()
    {
        Assert.Equal(0, _pool.Outstanding);
        _pool.Dispose();
    }

    /// <summary>The second object is wiped out as its prompt is read: only what was seen of the picture before can show it.</summary>
    [Theory]
    [InlineData("sam")]
    [InlineData("sam2")]
    public void Encoder_sees_the_picture_once_for_all_boxes(string kind)
    {
        using ModelFolder folder = new();
        folder.Add("mine_encoder", kind == "sam" ? MaskModels.SamEncoder() : MaskModels.Sam2Encoder());
        folder.Add("mine_decoder", kind == "sam" ? MaskModels.SamDecoder() : MaskModels.Sam2Decoder());
        using ModelHost host = folder.Host();
        using ISegmenter segmenter = host.OpenSegmenter("mine", out string? problem);
        Assert.Null(problem);
        using Picture picture = Things();
        using Picture intact = Things();
        var prompts = new WatchedPrompts(
            [Box(s_first), Box(s_second)], i => Paint.Fill(picture, i == 0 ? default : new RectF(0, 0, 640, 480), s_ground));

        IReadOnlyList<Mask?> masks = segmenter.SegmentAll(picture, prompts);

        // The whole picture is 64 cells wide to these models.
        Assert.InRange(Iou(masks[0]!, s_first, intact), 0.8, 1);
        Assert.InRange(Iou(masks[1]!, s_second, intact), 0.8, 1);

        // Another picture is another look: what is gone from it is not found by the memory of the last one.
        Mask? gone = segmenter.SegmentAll(picture, [Box(s_first)])[0];
        Assert.True(gone is null || Iou(gone, s_first, intact) < 0.5, "found on an empty picture");
    }

    [Theory]
    [InlineData("whole")]
    [InlineData("pair")]
    public void Objects_have_the_same_outlines_in_any_order_and_whatever_came_before(string kind)
    {
        using ModelFolder folder = new();
        folder.Add("whole", MaskModels.EfficientSam());
        folder.Add("pair_encoder", MaskModels.SamEncoder());
        folder.Add("pair_decoder", MaskModels.SamDecoder());
        using ModelHost host = folder.Host();
        using Picture picture = Things();
        using ISegmenter fresh = host.OpenSegmenter(kind, out _);
        byte[][] there = Bytes(fresh.SegmentAll(picture, [Box(s_first), Box(s_second)]));
        using ISegmenter used = host.OpenSegmenter(kind, out _);
        using Picture other = Paint.Plain(_pool, 320, 240, (200, 30, 30));
        used.TrySegment(other, Box(new RectF(20, 20, 90, 200)), out _);

        IReadOnlyList<Mask?> turned = used.SegmentAll(picture, [Box(s_second), Box(s_first)]);
        byte[][] back = Bytes(turned);
        used.SegmentAll(other, [Box(new RectF(10, 10, 60, 60)), Box(new RectF(100, 100, 160, 160))]);

        Assert.Equal([there[1], there[0]], back);

        // The masks are the caller's: what is asked later paints on none of them.
        Assert.Equal(back, Bytes(turned));
    }

    private static MaskPrompt Box(RectF box) => new(box, null, null);

    private static byte[][] Bytes(IReadOnlyList<Mask?> masks) => [.. masks.Select(mask => mask!.Alpha.ToArray())];

    private static double Iou(Mask mask, RectF truth, Picture picture) =>
        MaskOverlap.Iou(mask, picture, (x, y) => truth.Contains(x + 0.5f, y + 0.5f));

    private Picture Things()
    {
        Picture picture = Paint.Plain(_pool, 640, 480, s_ground);
        Paint.Fill(picture, s_first, (30, 30, 220));
        Paint.Fill(picture, s_second, (220, 30, 30));
        return picture;
    }

    /// <summary>Tells when one of them is read.</summary>
    private sealed class WatchedPrompts(MaskPrompt[] prompts, Action<int> onRead) : IReadOnlyList<MaskPrompt>
    {
        public int Count => prompts.Length;

        public MaskPrompt this[int index]
        {
            get
            {
                onRead(index);
                return prompts[index];
            }
        }

        public IEnumerator<MaskPrompt> GetEnumerator() => prompts.AsEnumerable().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
