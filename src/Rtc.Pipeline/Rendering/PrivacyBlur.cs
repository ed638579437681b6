using Rtc.Media;
using Rtc.Media.Imaging;
using Rtc.Pipeline.Detecting;
using Rtc.Pipeline.Scene;

namespace Rtc.Pipeline.Rendering;

/// <summary>
/// Makes people unrecognisable. Where the model knows people or faces those are veiled, else all that was found. As long
/// as nothing is known of a picture (no result yet, or only stale ones) the whole of it is veiled: this mode errs on
/// that side.
/// </summary>
internal sealed class PrivacyBlur
{
    /// <summary>A box is this much too small for hair, hands and the motion since it was found.</summary>
    private const float Excess = 0.08f;

    private readonly List<RectF> _boxes = [];

    public void Draw(Picture picture, SceneCopy scene, double steps, float strength, Focus focus)
    {
        _boxes.Clear();
        if (!scene.Any)
        {
            _boxes.Add(new RectF(0, 0, picture.Width, picture.Height));
        }

        foreach (SceneTrack track in scene.Tracks)
        {
            if (!scene.KnowsPeople || PersonLabels.IsPerson(track.Label))
            {
                RectF box = scene.Units.ToPixels(track.Motion.At(steps));
                float x = box.Width * Excess;
                float y = box.Height * Excess;
                _boxes.Add(new RectF(box.Left - x, box.Top - y, box.Right + x, box.Bottom + y));
            }
        }

        if (_boxes.Count > 0)
        {
            focus.Hide(picture, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_boxes), [], strength, picture);
        }
    }
}
