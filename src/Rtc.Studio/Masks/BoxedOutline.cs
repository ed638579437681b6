using Rtc.Inference;
using Rtc.Inference.Onnx;
using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Masks;

/// <summary>
/// Outlines by colour within the box that a detector draws: a click gives no size, and somebody in clothes of several colours is more
/// than the one that was clicked. A click beside every box, or a box of its own, goes to colours as it is. Owns both.
/// </summary>
internal sealed class BoxedOutline(IOutlineEngine colours, IDetector detector) : IOutlineEngine
{
    private const float MinConfidence = 0.4f;

    private readonly List<Detection> _found = [];

    public string Name => $"{colours.Name}+{detector.Model}";

    public void Restart() => colours.Restart();

    public bool TryStart(Picture picture, in MaskPrompt prompt, ClipMask? moving, ClipMask into) =>
        colours.TryStart(picture, prompt.Box is null ? WithBox(picture, prompt) : prompt, moving, into);

    public bool TryFollow(Picture picture, ClipMask carried, bool isLoose, ClipMask into) =>
        colours.TryFollow(picture, carried, isLoose, into);

    public void Dispose()
    {
        colours.Dispose();
        detector.Dispose();
    }

    /// <summary>Of several boxes around the click the smallest, which lies before the others.</summary>
    private MaskPrompt WithBox(Picture picture, in MaskPrompt prompt)
    {
        try
        {
            detector.Detect(picture, new DetectOptions { Confidence = MinConfidence }, _found);
        }
        catch (OrtException)
        {
            return prompt;
        }

        if (prompt is not { X: { } x, Y: { } y })
        {
            return prompt;
        }

        RectF? smallest = null;
        foreach (Detection one in _found)
        {
            smallest = one.Box.Contains(x, y) && !(one.Box.Area >= smallest?.Area) ? one.Box : smallest;
        }

        return new MaskPrompt(smallest, x, y);
    }
}
