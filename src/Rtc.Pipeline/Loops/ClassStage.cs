using Rtc.Inference;
using Rtc.Inference.Segment;
using Rtc.Media;
using Rtc.Pipeline.Detecting;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Loops;

/// <summary>
/// The class map of a room: made where a detection is, and only while a viewer looks at it. Owned by <see cref="VisionStage"/>,
/// whose loop calls it.
/// </summary>
internal sealed class ClassStage(IModelHost models, IPipelineOutput output, SharedScene board, TimeProvider time) : IDisposable
{
    private RoomClasses _classes = new(models, output);

    /// <summary>How much of the picture each class covers; null while no map is made.</summary>
    public IReadOnlyList<ClassShare>? Shares { get; private set; }

    /// <summary>Milliseconds that the map took.</summary>
    public double Map(Picture picture, RoomSettings settings, in DegradationStep degradation, bool isDue)
    {
        if (settings.Mode != ViewMode.Segment)
        {
            Rest();
            return 0;
        }

        if (!isDue)
        {
            return 0;
        }

        long before = time.GetTimestamp();
        if (_classes.See(picture, degradation.InputScale) is { } map)
        {
            Shares = ClassShare.Of(map, _classes.Names);
            board.PutClasses(map, _classes.Names);
        }

        return time.GetElapsedTime(before).TotalMilliseconds;
    }

    /// <summary>After an exception.</summary>
    public void Renew()
    {
        Dispose();
        _classes = new RoomClasses(models, output);
    }

    public void Dispose() => _classes.Dispose();

    private void Rest()
    {
        if (Shares is not null)
        {
            Shares = null;
            _classes.Rest();
            board.ClearClasses();
        }
    }
}
