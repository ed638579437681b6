using Rtc.Media;
using Rtc.Media.Drawing;
using Rtc.Media.Images;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Frames;

/// <summary>What a client is sent of one frame: a file, and which classes are in it.</summary>
/// <param name="Of">Whose picture has gone back.</param>
/// <param name="Kind">Of the file.</param>
/// <param name="File">Empty where the frame has an error instead.</param>
/// <param name="Classes">Largest first.</param>
/// <param name="DrawMs">Drawing and packing.</param>
internal sealed record DrawnFrame(MappedFrame Of, FrameKind Kind, byte[] File, IReadOnlyList<FrameClass> Classes, double DrawMs);

/// <summary>
/// Draws mapped frames as their client wants them: the mask alone or the picture with it. Keeps the memory it works in; one
/// for each socket, one frame at a time.
/// </summary>
internal sealed class FrameDrawing(PicturePool pool, TimeProvider time)
{
    private readonly ClassPainter _painter = new();
    private IReadOnlyList<string>? _labels;
    private FrameView? _view;
    private ClassStyle? _style;

    public DrawnFrame Draw(MappedFrame frame)
    {
        if (frame.Error is not null)
        {
            return new DrawnFrame(frame, default, [], [], 0);
        }

        long began = time.GetTimestamp();
        ClassStyle style = StyleOf(frame);
        (FrameKind kind, byte[] file) = frame.View.WantsPicture
            ? DrawPicture(frame, style)
            : (FrameKind.MaskPng, ClassPng.Encode(_painter, frame.Picture!, frame.Map, style));
        IReadOnlyList<FrameClass> classes = ClassCoverage.Of(frame.Map, frame.Labels, style);
        return new DrawnFrame(frame, kind, file, classes, time.GetElapsedTime(began).TotalMilliseconds);
    }

    private ClassStyle StyleOf(MappedFrame frame)
    {
        if (_style is null || !ReferenceEquals(frame.View, _view) || !ReferenceEquals(frame.Labels, _labels))
        {
            (_view, _labels) = (frame.View, frame.Labels);
            _style = FrameStyles.Of(frame.View, frame.Labels);
        }

        return _style;
    }

    private (FrameKind Kind, byte[] File) DrawPicture(MappedFrame frame, ClassStyle style)
    {
        if (style.Overlay == ClassOverlay.SideBySide)
        {
            using Picture both = _painter.SideBySide(frame.Picture!, frame.Map, style, pool);
            return Encode(both, frame.View);
        }

        _painter.Paint(frame.Picture!, frame.Map, style);
        return Encode(frame.Picture!, frame.View);
    }

    /// <summary>A picture beside its classes may be wider than a JPEG can be; a PNG can.</summary>
    private static (FrameKind Kind, byte[] File) Encode(Picture picture, FrameView view) =>
        view.WantsJpeg && Math.Max(picture.Width, picture.Height) <= Jpeg.MaxSide
            ? (FrameKind.Jpeg, Jpeg.Encode(picture))
            : (FrameKind.PicturePng, Png.Encode(picture));
}
