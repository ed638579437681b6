using Rtc.Inference;
using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Text;

/// <summary>Something in one picture that a prompt means.</summary>
internal readonly record struct FoundObject(int Frame, string Label, RectF Box, float Score);

/// <summary>
/// Looks for what a prompt names with a detector: in pictures spread over the clip, and then takes the picture that shows it best.
/// For one clip and one thread.
/// </summary>
/// <param name="frames">The clip; stays the caller's.</param>
/// <param name="detector">Stays the caller's.</param>
/// <param name="confidence">What is surer than that counts; null: as for classes.</param>
internal sealed class PromptSearch(ClipFrames frames, IDetector detector, float? confidence = null)
{
    public const string EngineName = "labels";
    public const int MaxObjects = 4;

    private const int MaxLooks = 16;
    private const float Confidence = 0.3f;

    // Half a coloured thing is wheels, windows and shade.
    private const float MinColour = 0.2f;
    private const float SameBox = 0.4f;

    public List<FoundObject> Find(Prompt prompt, Action onLook)
    {
        int[] classes = [.. Enumerable.Range(0, detector.ClassNames.Count)
            .Where(id => prompt.Classes.Count == 0 || prompt.Classes.Contains(detector.ClassNames[id]))];
        var options = new DetectOptions { Confidence = confidence ?? Confidence, Classes = classes.ToHashSet() };
        var best = new List<FoundObject>();
        double bestScore = 0;
        var found = new List<Detection>();
        int looks = Math.Min(MaxLooks, frames.Count);
        for (int look = 0; look < looks; look++)
        {
            int frame = (int)((look + 0.5) * frames.Count / looks);
            using Picture picture = frames.Rent(frame);
            detector.Detect(picture, options, found);
            List<FoundObject> fitting = Fitting(picture, frame, prompt, found);
            double score = fitting.Sum(one => (double)one.Score);
            if (score > bestScore)
            {
                (best, bestScore) = (fitting, score);
            }

            onLook();
        }

        return best;
    }

    private List<FoundObject> Fitting(Picture picture, int frame, Prompt prompt, List<Detection> found)
    {
        var fitting = new List<FoundObject>();
        foreach (Detection one in found.OrderByDescending(one => one.Score * PlaceShare(one.Box, prompt.Place)))
        {
            if (PlaceShare(one.Box, prompt.Place) <= 0
                || (prompt.Colour is { } colour && ColourName.Share(picture, one.Box, colour) < MinColour)
                || fitting.Exists(other => other.Box.Iou(one.Box) > SameBox))
            {
                continue;
            }

            string label = one.ClassId < detector.ClassNames.Count ? detector.ClassNames[one.ClassId] : "object";
            fitting.Add(new FoundObject(frame, label, one.Box, one.Score));
            if (fitting.Count == (prompt.IsMany ? MaxObjects : 1))
            {
                break;
            }
        }

        return fitting;
    }

    /// <summary>How well a box lies where it is to be; 0 where it doesn't.</summary>
    private float PlaceShare(RectF box, PromptPlace place) => place switch
    {
        PromptPlace.Left => 1 - (box.CenterX / frames.Width) is > 0.45f and { } share ? share : 0,
        PromptPlace.Right => box.CenterX / frames.Width is > 0.45f and { } share ? share : 0,
        PromptPlace.Top => 1 - (box.CenterY / frames.Height) is > 0.45f and { } share ? share : 0,
        PromptPlace.Bottom => box.CenterY / frames.Height is > 0.45f and { } share ? share : 0,
        PromptPlace.Middle => 1 - Math.Abs((2 * box.CenterX / frames.Width) - 1),
        _ => 1,
    };
}
