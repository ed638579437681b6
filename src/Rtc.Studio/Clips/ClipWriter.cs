using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Writing;
using Rtc.Media.Drawing;

namespace Rtc.Studio.Clips;

/// <summary>
/// Writes a clip's pictures as MP4 with the clip's own sound, or an object of it as WebM whose opacity is the mask; until it is whole the
/// file has another name.
/// </summary>
internal sealed class ClipWriter : IDisposable
{
    // Finer than what is only looked at: it may be cut again.
    private const int Quality = 18;
    private static readonly Colour s_red = new(255, 32, 32);

    private readonly FinishedVideo _video;
    private readonly MaskPainter _painter = new();
    private readonly ClipMask _mask;
    private readonly Mask _shown;

    /// <param name="path">Where it appears once it is whole.</param>
    /// <param name="clip">Gives size, rate and sound.</param>
    /// <param name="cancel">Ends it.</param>
    /// <param name="isCutOut">The object alone, for editors.</param>
    public ClipWriter(string path, ClipFile clip, CancellationToken cancel, bool isCutOut = false)
    {
        _mask = new ClipMask(clip.Width, clip.Height);
        _shown = new Mask(clip.Width, clip.Height, new RectF(0, 0, clip.Width, clip.Height));
        _video = FinishedVideo.Create(
            path,
            new FinishedVideoOptions
            {
                Width = clip.Width,
                Height = clip.Height,
                FrameRate = clip.FrameRate,
                Quality = Quality,
                HasAlpha = isCutOut,
                Sound = isCutOut || clip.Info.Audio is null ? null : (clip.Path, clip.Info),
            },
            new ContainerLimits(),
            cancel);
    }

    /// <summary>The picture with the masks in red, so many times; the picture itself is drawn on.</summary>
    public void WriteTinted(Picture picture, IEnumerable<MaskRuns> masks, long times)
    {
        if (TryJoin(masks))
        {
            _mask.Alpha.CopyTo(_shown.Alpha);
            _painter.Tint(picture, _shown, s_red, 0.5f);
            _painter.Contour(picture, _shown, s_red);
        }

        for (; times > 0; times--)
        {
            Require(_video.TryWrite(picture));
        }
    }

    /// <summary>The picture as it is, opaque where a mask is, so many times.</summary>
    public void WriteCutOut(Picture picture, IEnumerable<MaskRuns> masks, long times)
    {
        TryJoin(masks);
        for (; times > 0; times--)
        {
            Require(_video.TryWrite(picture, _mask.Alpha));
        }
    }

    public void Finish() => Require(_video.TryFinish());

    public void Dispose()
    {
        _video.Dispose();
        _painter.Dispose();
    }

    private bool TryJoin(IEnumerable<MaskRuns> masks)
    {
        _mask.Clear();
        bool isAny = false;
        foreach (MaskRuns mask in masks.Where(mask => mask.Area > 0))
        {
            mask.AddTo(_mask);
            isAny = true;
        }

        return isAny;
    }

    private void Require(bool isDone)
    {
        if (!isDone)
        {
            throw new IOException(_video.Refusal!.Message);
        }
    }
}
