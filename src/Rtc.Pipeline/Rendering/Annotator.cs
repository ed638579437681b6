using System.Globalization;
using Rtc.Media;
using Rtc.Media.Drawing;
using Rtc.Pipeline.Scene;
using Paint = Rtc.Media.Drawing.Draw;

namespace Rtc.Pipeline.Rendering;

/// <summary>Boxes, labels, and the outline of what is in focus.</summary>
internal sealed class Annotator : IDisposable
{
    private const int LongestText = 64;
    private const int LongestLabel = 40;

    private readonly MaskPainter _masks = new();

    public void Draw(Picture picture, SceneCopy scene, double steps)
    {
        foreach (TargetView target in scene.Targets)
        {
            if (target.Id != 0 && target.HasOutline)
            {
                _masks.Contour(picture, target.Mask, Palette.ForTrack(target.Id));
            }
        }

        if (!scene.Any)
        {
            return;
        }

        foreach (SceneTrack track in scene.Tracks)
        {
            Draw(picture, scene, track, steps);
        }
    }

    public void Dispose() => _masks.Dispose();

    private static void Draw(Picture picture, SceneCopy scene, in SceneTrack track, double steps)
    {
        TargetView? target = track.Id == scene.Targets[0].Id ? scene.Targets[0] : track.Id == scene.Targets[1].Id ? scene.Targets[1] : null;
        RectF box = scene.Units.ToPixels(target?.Box ?? track.Motion.At(steps));
        RectF visible = box.ClipTo(picture.Width, picture.Height);
        if (!(visible.Area >= 1))
        {
            return;
        }

        Colour colour = Palette.ForTrack(track.Id);
        int thickness = Paint.ThicknessFor(picture.Height);
        Paint.Box(picture, box, colour, target is null ? thickness : 2 * thickness);

        Span<char> text = stackalloc char[LongestText];
        ReadOnlySpan<char> label = track.Label.AsSpan(0, Math.Min(track.Label.Length, LongestLabel));
        int percent = (int)MathF.Round(100 * track.Score);
        bool fits = track.Predicted || track.IsRegion
            ? text.TryWrite(CultureInfo.InvariantCulture, $"{label} {track.Id}", out int length)
            : text.TryWrite(CultureInfo.InvariantCulture, $"{label} {track.Id} {percent}%", out length);
        if (fits)
        {
            Paint.Label(picture, visible.Left, visible.Top, text[..length], colour);
        }
    }
}
