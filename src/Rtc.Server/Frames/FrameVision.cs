using Rtc.Inference;
using Rtc.Media;
using Rtc.Media.Images;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Frames;

/// <summary>
/// From a JPEG to the class of every place in it, synchronously and in the caller's time. Owns the class map's engine; one for
/// each socket, used by its worker alone.
/// </summary>
internal sealed class FrameVision(string mode, IClassMapper mapper, PicturePool pool, long maxPixels, TimeProvider time) : IDisposable
{
    public string Mode => mode;

    public IReadOnlyList<string> Labels => mapper.ClassNames;

    /// <param name="frame">Stays the caller's.</param>
    /// <param name="view">How its client wants it drawn.</param>
    /// <param name="inputScale">Below 1 the model sees a smaller picture.</param>
    /// <param name="into">Written; becomes the mapped frame's.</param>
    public MappedFrame Map(PendingFrame frame, FrameView view, float inputScale, ClassMap into)
    {
        long began = time.GetTimestamp();
        if (!Jpeg.TryDecode(frame.Jpeg, pool, maxPixels, out Picture? picture, out bool isTooLarge, out string? problem))
        {
            return Failed(isTooLarge ? FrameError.TooLarge($"The picture's {problem} (Limits:MaxPixels).") : FrameError.BadImage(problem!));
        }

        long decoded = time.GetTimestamp();
        if (!mapper.TryMap(picture!, inputScale, out ClassMap map, out problem))
        {
            picture!.Dispose();
            return Failed(FrameError.InferenceFailed(problem));
        }

        // The engine writes its own map anew with the next picture, which begins before this one is drawn.
        map.CopyTo(into);
        long mapped = time.GetTimestamp();
        return new MappedFrame(frame, into)
        {
            Picture = picture,
            View = view,
            Mode = mode,
            Model = mapper.Model,
            Labels = mapper.ClassNames,
            DecodeMs = time.GetElapsedTime(began, decoded).TotalMilliseconds,
            QueueMs = mapper.WaitTime,
            InferenceMs = mapper.RunTime,
            ChooseMs = Math.Max(0, time.GetElapsedTime(decoded, mapped).TotalMilliseconds - mapper.WaitTime - mapper.RunTime),
            MappedAt = mapped,
        };

        MappedFrame Failed(FrameError error) =>
            new(frame, into) { Error = error, View = view, Mode = mode, Model = mapper.Model, Labels = mapper.ClassNames };
    }

    public void Dispose() => mapper.Dispose();
}
