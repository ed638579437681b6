using Rtc.Inference.Layouts;
using Rtc.Media.Drawing;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Frames;

/// <summary>From what a client wants to see to what is drawn: colours and visibility of a model's classes.</summary>
internal static class FrameStyles
{
    public static ClassStyle Of(FrameView view, IReadOnlyList<string> labels) => new(
        view.Mode switch
        {
            "contour" => ClassOverlay.Contour,
            "side-by-side" => ClassOverlay.SideBySide,
            "blend" => ClassOverlay.Blend,
            _ => ClassOverlay.Filled,
        },
        view.Opacity,
        [.. labels.Select((label, id) => ColourOf(view, labels, label, id))],
        id => !SemanticNames.IsBackground(labels, id) && view.ClassFilter?.Contains(labels[id]) != false);

    /// <summary>The colours that a client sees that asks for none.</summary>
    public static IEnumerable<(string Label, byte Red, byte Green, byte Blue)> Defaults(IReadOnlyList<string> labels)
    {
        for (int id = 0; id < labels.Count; id++)
        {
            Colour colour = ClassColours.Default(labels.Count, id);
            yield return (labels[id], colour.Red, colour.Green, colour.Blue);
        }
    }

    private static Colour ColourOf(FrameView view, IReadOnlyList<string> labels, string label, int id) =>
        view.Colormap == "custom" && view.CustomColormap.TryGetValue(label, out string? text)
            && ClassColours.TryParse(text, out Colour own) ? own
            : view.Colormap switch
            {
                "voc" => ClassColours.Voc(id),
                "ade20k" => ClassColours.Ade20k(id),
                "cityscapes" => ClassColours.Cityscapes(id),
                _ => ClassColours.Default(labels.Count, id),
            };
}
