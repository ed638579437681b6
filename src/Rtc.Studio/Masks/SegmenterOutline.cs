using Rtc.Inference;
using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Masks;

/// <summary>
/// Outlines by a promptable model (MobileSAM, EfficientSAM and their like). It is asked at the prompt's own picture and again every few
/// pictures with the box that motion carried there; between, and where its answer lies elsewhere, colours decide. Owns both.
/// </summary>
internal sealed class SegmenterOutline(ISegmenter segmenter) : IOutlineEngine
{
    // The model takes a second a picture on a processor; motion and colours drift by little meanwhile.
    private const int AskEvery = 10;
    private const double MinAgreement = 0.6;

    private readonly GrabCutOutline _between = new();
    private int _sinceAsked;
    private ClipMask? _answer;

    public string Name => segmenter.Family;

    public bool TryStart(Picture picture, in MaskPrompt prompt, ClipMask? moving, ClipMask into)
    {
        if (TryAsk(picture, prompt, into))
        {
            return true;
        }

        return _between.TryStart(picture, prompt, moving, into);
    }

    public bool TryFollow(Picture picture, ClipMask carried, bool isLoose, ClipMask into)
    {
        if (!_between.TryFollow(picture, carried, isLoose, into))
        {
            return false;
        }

        if (!isLoose && ++_sinceAsked < AskEvery)
        {
            return true;
        }

        _sinceAsked = 0;
        _answer ??= new ClipMask(into.Width, into.Height);
        if (carried.Bounds() is { } box && TryAsk(picture, new MaskPrompt(box, null, null), _answer)
            && _answer.Iou(carried) >= MinAgreement)
        {
            into.CopyFrom(_answer);
        }

        return true;
    }

    public void Dispose()
    {
        _between.Dispose();
        segmenter.Dispose();
    }

    private bool TryAsk(Picture picture, in MaskPrompt prompt, ClipMask into)
    {
        if (!segmenter.TrySegment(picture, prompt, out Mask? mask))
        {
            return false;
        }

        // Left and top may lie between pixels; the mask is stretched over its region.
        RectF region = mask!.Region;
        into.Clear();
        for (int y = Math.Max(0, (int)region.Top); y < Math.Min(into.Height, (int)MathF.Ceiling(region.Bottom)); y++)
        {
            int line = Math.Clamp((int)((y + 0.5f - region.Top) / region.Height * mask.Height), 0, mask.Height - 1);
            ReadOnlySpan<byte> from = mask.Row(line);
            Span<byte> row = into.Row(y);
            for (int x = Math.Max(0, (int)region.Left); x < Math.Min(into.Width, (int)MathF.Ceiling(region.Right)); x++)
            {
                row[x] = from[Math.Clamp((int)((x + 0.5f - region.Left) / region.Width * mask.Width), 0, mask.Width - 1)];
            }
        }

        return into.Bounds() is not null;
    }
}
