using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Detecting;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Privacy;

/// <summary>
/// Looks for faces besides the room's own detector, where YuNet is in the folder of models. Opened with the first picture
/// of privacy; one that fails is given up, said so, and people are blurred without it. Owned by the inference loop.
/// </summary>
internal sealed class FaceDetector(IModelHost models, IPipelineOutput output) : IDisposable
{
    private const string Family = "yunet";

    /// <summary>A model that is put into the folder later is found after this.</summary>
    private const long LookAgainTicks = 10 * MediaTimeline.TicksPerSecond;

    private static readonly DetectOptions s_options = new() { Confidence = 0.4f };

    private readonly List<Detection> _found = [];
    private IDetector? _detector;
    private long _lookAt = long.MinValue;

    /// <summary>Fills <paramref name="faces"/>, in room units; leaves it empty where there is no model.</summary>
    public void Find(Picture picture, in PictureInfo info, in RoomUnits units, List<RectF> faces)
    {
        faces.Clear();
        if (_detector is null && info.Ticks >= _lookAt)
        {
            _lookAt = info.Ticks + LookAgainTicks;
            _detector = Open();
        }

        if (_detector is null)
        {
            return;
        }

        if (Failure(picture) is { } problem)
        {
            // It costs the room this model, not its video.
            _lookAt = long.MaxValue;
            Dispose();
            string message = $"{Family} failed, faces are not looked for any more: {problem}";
            output.OnNotice(new PipelineNotice("model_failed", message, Recoverable: true));
            return;
        }

        foreach (Detection face in _found)
        {
            faces.Add(units.FromPixels(face.Box));
        }
    }

    public void Dispose()
    {
        _detector?.Dispose();
        _detector = null;
    }

    /// <summary>Null where it went well; the embedded detector, which would step in, finds no faces.</summary>
    private string? Failure(Picture picture)
    {
        try
        {
            _detector!.Detect(picture, s_options, _found);
            return _detector.Failure;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return error.Message;
        }
    }

    private IDetector? Open()
    {
        ModelInfo? known = models.Listed.FirstOrDefault(model =>
            model is { OnDisk: true, Task: "detect" } && model.Name.StartsWith(Family, StringComparison.OrdinalIgnoreCase));
        if (known is null)
        {
            return null;
        }

        IDetector detector = models.OpenDetector(known.Name, out _);
        if (detector.ClassNames.Any(PersonLabels.IsPerson))
        {
            return detector;
        }

        // Another stands in for it.
        detector.Dispose();
        return null;
    }
}
