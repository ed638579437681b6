using Rtc.Inference;
using Rtc.Media;
using Rtc.Signaling.Frames;

namespace Rtc.Server.Frames;

/// <summary>
/// From a JPEG to the class of every place in it, synchronously and in the caller's time. Owns the class map's engine; one for
/// each socket, used by its worker alone.
/// </summary>
internal sealed class FrameVision(string mode, IClassMapper mapper, FrameDecoder decoder, TimeProvider time) : IDisposable
{
    public string Mode => mode;

    public IReadOnlyList<string> Labels => mapper.ClassNames;

    /// <param name="frame">Stays the caller's.</param>
    /// <param name="view">How its client wants it drawn.</param>
    /// <param name="inputScale">Below 1 the model sees a smaller picture.</param>
    /// <param name="into">Written; becomes the mapped frame's.</param>
    public MappedFrame Map(PendingFrame frame, FrameView view, float inputScale, ClassMap into)
    {
        DecodedFrame decoded = frame.Decode(decoder);
        if (decoded.Error is { } error)
        {
            return Failed(error);
        }

        long began = time.GetTimestamp();
        if (!mapper.TryMapOrFail(decoded.Picture!, inputScale, out ClassMap? map, out string? problem))
        {
            decoded.Picture!.Dispose();
            return Failed(FrameError.InferenceFailed(problem));
        }

        // The engine writes its own map anew with the next picture, which begins before this one is drawn.
        map.CopyTo(into);
        long mapped = time.GetTimestamp();
        return new MappedFrame(frame, into)
        {
            Picture = decoded.Picture,
            View = view,
            Mode = mode,
            Model = mapper.Model,
            Labels = mapper.ClassNames,
            DecodeMs = decoded.DecodeMs,
            QueueMs = mapper.WaitTime,
            InferenceMs = mapper.RunTime,
            ChooseMs = Math.Max(0, time.GetElapsedTime(began, mapped).TotalMilliseconds - mapper.WaitTime - mapper.RunTime),
            MappedAt = mapped,
        };

        MappedFrame Failed(FrameError why) =>
            new(frame, into) { Error = why, View = view, Mode = mode, Model = mapper.Model, Labels = mapper.ClassNames };
    }

    public void Dispose() => mapper.Dispose();
}
