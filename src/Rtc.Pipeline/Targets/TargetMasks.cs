using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Masks;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Targets;

/// <summary>
/// Decides when a target is cut out anew and by what, and keeps the outlines. Owned by the inference loop. The mask
/// model is opened at the first target: rooms without one never load it. Each slot has its own handle, since a handle
/// remembers what it cut out last.
/// </summary>
internal sealed class TargetMasks(IModelHost models, IPipelineOutput output, TimeProvider time) : IDisposable
{
    private readonly PropagatedMask[] _masks = [new(), new()];
    private readonly long[] _cutAtFrame = new long[TargetSlots.Count];
    private readonly ISegmenter?[] _segmenters = new ISegmenter?[TargetSlots.Count];
    private string? _openedFor;
    private bool _failed;

    public PropagatedMask this[int slot] => _masks[slot];

    /// <summary>Cuts out whatever is due among the targets (boxes in room units; id 0 for none). Returns milliseconds spent.</summary>
    public double Update(
        Picture picture, in PictureInfo info, in RoomUnits units, RoomSettings settings, in DegradationStep sacrifice, int slot, int id,
        in RectF box)
    {
        PropagatedMask mask = _masks[slot];
        if (id == 0)
        {
            mask.Clear();
            return 0;
        }

        bool fresh = mask.TargetId != id;
        bool due = fresh || info.FrameId - _cutAtFrame[slot] >= (long)settings.MaskEvery * sacrifice.MaskFactor;
        if (!due || (!sacrifice.Masks && !fresh))
        {
            return 0;
        }

        _cutAtFrame[slot] = info.FrameId;
        long before = time.GetTimestamp();
        RectF pixels = units.ToPixels(box).ClipTo(units.PictureWidth, units.PictureHeight);
        if (sacrifice.Masks
            && pixels.Width >= 4
            && pixels.Height >= 4
            && TrySegment(picture, settings, slot, new MaskPrompt(pixels, null, null)) is { } found)
        {
            // The box as tracked, not as cut at the picture's edge: the outline travels with the whole of it.
            mask.Take(id, found, units.ToPixels(box));
        }
        else if (fresh)
        {
            mask.UseEllipse(id);
        }

        return time.GetElapsedTime(before).TotalMilliseconds;
    }

    /// <summary>Whatever is at this place, and the box around it in pixels; null where nothing stands out there.</summary>
    public (Mask Mask, RectF Box)? CutOut(Picture picture, RoomSettings settings, int slot, PlaceF place) =>
        PlaceOutline.TryCut(prompt => TrySegment(picture, settings, slot, prompt), picture, place, out Mask? mask, out RectF box)
            ? (mask!, box) : null;

    /// <summary>Takes an outline that was cut out just now, so that it need not be cut twice.</summary>
    public void Adopt(int slot, int id, Mask mask, in RectF pixels, in PictureInfo info)
    {
        _masks[slot].Take(id, mask, pixels);
        _cutAtFrame[slot] = info.FrameId;
    }

    public void Dispose()
    {
        foreach (ISegmenter? segmenter in _segmenters)
        {
            segmenter?.Dispose();
        }

        Array.Clear(_segmenters);
    }

    private Mask? TrySegment(Picture picture, RoomSettings settings, int slot, in MaskPrompt prompt)
    {
        if (_openedFor != settings.MaskModel)
        {
            _openedFor = settings.MaskModel;
            _failed = false;
            Dispose();
        }

        if (_failed)
        {
            return null;
        }

        try
        {
            return Segmenter(settings.MaskModel, slot).TrySegment(picture, prompt, out Mask? mask) ? mask : null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The target keeps its ellipse, the room its video.
            _failed = true;
            output.OnNotice(new PipelineNotice("mask_model_failed", error.Message, Recoverable: true));
            return null;
        }
    }

    private ISegmenter Segmenter(string model, int slot)
    {
        if (_segmenters[slot] is { } open)
        {
            return open;
        }

        bool first = _segmenters[1 - slot] is null;
        ISegmenter segmenter = _segmenters[slot] = models.OpenSegmenter(model, out string? problem);
        if (problem is not null && first)
        {
            output.OnNotice(new PipelineNotice("mask_model_unavailable", problem, Recoverable: true));
        }

        return segmenter;
    }
}
