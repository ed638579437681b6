using Rtc.Inference.Segment;
using Rtc.Media;
using Rtc.Media.Drawing;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Frames;

/// <summary>Which classes a map holds, with the colours that its client sees.</summary>
internal static class ClassCoverage
{
    /// <summary>Largest first; the background is no class.</summary>
    public static IReadOnlyList<FrameClass> Of(ClassMap map, IReadOnlyList<string> labels, ClassStyle style) =>
    [
        .. ClassShare.Of(map, labels).Select(found =>
        {
            Colour colour = style.Colours[found.ClassId];
            return new FrameClass(found.Label, found.Share, colour.Red, colour.Green, colour.Blue);
        }),
    ];
}
