using System.Globalization;
using Rtc.Media;
using Rtc.Media.Drawing;
using Rtc.Pipeline.Scene;
using Paint = Rtc.Media.Drawing.Draw;

namespace Rtc.Pipeline.Rendering;

/// <summary>Boxes, labels, trails where they are asked for, and the outline of what is in focus.</summary>
internal sealed class Annotator : IDisposable
{
    private const int MaxTextLength = 64;
    private const int MaxLabelLength = 40;

    private readonly MaskPainter _masks = new();
    private readonly TrackTrails _trails = new();

    /// <param name="picture">Drawn on.</param>
    /// <param name="scene">The newest results.</param>
    /// <param name="steps">From their picture to this one.</param>
    /// <param name="ticks">This picture's time.</param>
    /// <param name="trailSeconds">How much of each track's way is drawn behind it; 0 for none.</param>
    public void Draw(Picture picture, SceneCopy scene, double steps, long ticks, float trailSeconds = 0)
    {
        _trails.Begin(scene.Units, ticks, trailSeconds);
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

        foreach (SceneTrack track in trailSeconds > 0 ? scene.Tracks : [])
        {
            RectF box = BoxOf(track, scene, steps);
            _trails.Add(track.Id, box, ticks);
            _trails.Draw(picture, track.Id, box);
        }

        foreach (SceneTrack track in scene.Tracks)
        {
            Draw(picture, scene, track, steps);
        }
    }

    public void Dispose() => _masks.Dispose();

    private static void Draw(Picture picture, SceneCopy scene, in SceneTrack track, double steps)
    {
        TargetView? target = TargetOf(track, scene);
        RectF box = scene.Units.ToPixels(BoxOf(track, scene, steps));
        RectF visible = box.ClipTo(picture.Width, picture.Height);
        if (!(visible.Area >= 1))
        {
            return;
        }

        Colour colour = Palette.ForTrack(track.Id);
        int thickness = Paint.ThicknessFor(picture.Height);
        Paint.Box(picture, box, colour, target is null ? thickness : 2 * thickness);

        Span<char> text = stackalloc char[MaxTextLength];
        ReadOnlySpan<char> label = track.Label.AsSpan(0, Math.Min(track.Label.Length, MaxLabelLength));
        int percent = (int)MathF.Round(100 * track.Score);
        bool fits = track.Predicted || track.IsRegion
            ? text.TryWrite(CultureInfo.InvariantCulture, $"{label} {track.Id}", out int length)
            : text.TryWrite(CultureInfo.InvariantCulture, $"{label} {track.Id} {percent}%", out length);
        if (fits)
        {
            Paint.Label(picture, visible.Left, visible.Top, text[..length], colour);
        }
    }

    private static TargetView? TargetOf(in SceneTrack track, SceneCopy scene) =>
        track.Id == scene.Targets[0].Id ? scene.Targets[0] : track.Id == scene.Targets[1].Id ? scene.Targets[1] : null;

    private static RectF BoxOf(in SceneTrack track, SceneCopy scene, double steps) =>
        TargetOf(track, scene)?.Box ?? track.Motion.At(steps);
}
