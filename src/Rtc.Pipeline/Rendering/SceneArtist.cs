using Rtc.Media;
using Rtc.Media.Imaging;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Privacy;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Rendering;

/// <summary>
/// Puts a room's view on a picture, in place: first what is blurred, then what is drawn. Touches nothing where nothing
/// was found. Owned by the render loop; holds the memory that blurring needs.
/// </summary>
internal sealed class SceneArtist(PicturePool pool, PrivacyOptions privacy) : IDisposable
{
    private readonly Focus _focus = new();
    private readonly Annotator _annotator = new();
    private readonly PrivacyBlur _privacy = new(pool, privacy);
    private readonly ClassTint _tint = new();

    /// <summary>The outline that is sharp in the picture just drawn, or null where all is.</summary>
    public Mask? Subject { get; private set; }

    /// <summary>Every picture in privacy mode, as it came, whether it will be drawn on or not.</summary>
    public void Observe(Picture picture, in PictureInfo info) => _privacy.Observe(picture, info);

    /// <summary>The picture just drawn was blurred whole, since too little was known of it.</summary>
    public bool IsBlurredWhole { get; private set; }

    public void Begin() => (Subject, IsBlurredWhole) = (null, false);

    public void Draw(Picture picture, SceneCopy scene, in PictureInfo info, RoomSettings settings)
    {
        double steps = info.StepsSince(scene.Info);
        switch (settings.Mode)
        {
            case ViewMode.Annotate:
                _annotator.Draw(picture, scene, steps, info.Ticks, settings.Trails);
                break;
            case ViewMode.Focus:
                Blur(picture, scene, settings.Blur);
                break;
            case ViewMode.FocusAnnotate:
                Blur(picture, scene, settings.Blur);
                _annotator.Draw(picture, scene, steps, info.Ticks, settings.Trails);
                break;
            case ViewMode.Privacy:
                IsBlurredWhole = _privacy.Draw(picture, scene, info, settings.Blur, _focus);
                break;
            case ViewMode.Segment when scene.Any:
                _tint.Draw(picture, scene.Classes, settings);
                break;
        }
    }

    public void Dispose()
    {
        _privacy.Dispose();
        _focus.Dispose();
        _annotator.Dispose();
    }

    /// <summary>With nothing in focus nothing is out of it: the picture stays as it is.</summary>
    private void Blur(Picture picture, SceneCopy scene, float strength)
    {
        TargetView first = scene.Targets[0];
        TargetView second = scene.Targets[1];
        if ((first.Id == 0 && second.Id == 0) || strength <= 0)
        {
            return;
        }

        _focus.Apply(picture, first.Id != 0 ? first.Mask : null, second.Id != 0 ? second.Mask : null, strength, picture);
        Subject = first.Id == 0 ? second.Mask : second.Id == 0 ? first.Mask : null;
    }
}
