using Rtc.Media;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Detecting;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Scene;

namespace Rtc.Pipeline.Loops;

/// <summary>
/// Shows the newest picture of a room to its <see cref="VisionStage"/> whenever that is free, and keeps it while a member detects.
/// The pipeline gives it a thread and, after an exception, runs it again. Owns the picture that it keeps.
/// </summary>
internal sealed class VisionLoop(
    LatestFrame latest, VisionStage stage, RemoteReports remote, RoomControls controls, SharedScene board, TimeProvider time,
    Action<VisionResult> tell) : IDisposable
{
    /// <summary>It looks around this often while a picture is kept.</summary>
    private const int IdleWaitMs = 1000;

    private Picture? _spare;
    private PictureInfo _spareInfo;

    public void Run()
    {
        while (!latest.IsClosed)
        {
            if (latest.WaitTake(out Picture? taken, out PictureInfo info, SpareWaitMs()))
            {
                _spare?.Dispose();
                (_spare, _spareInfo) = (taken, info);
            }

            remote.Hear();
            Look();
        }
    }

    public void Dispose() => _spare?.Dispose();

    /// <summary>Until the member is late, and the picture that is kept is looked at after all.</summary>
    private int SpareWaitMs() => _spare is null
        ? Timeout.Infinite
        : (int)Math.Clamp(Math.Ceiling(controls.Remote.RestsUntilMs - time.Milliseconds()), 1, IdleWaitMs);

    /// <summary>Looks at the newest picture; while a member detects it is only kept, for the moment at which that one stops.</summary>
    private void Look()
    {
        bool rests = controls.Rests(time.Milliseconds());
        if (_spare is null || (rests && !board.HasTargets))
        {
            return;
        }

        using Picture picture = _spare;
        _spare = null;
        if (stage.HasReported(_spareInfo))
        {
            // What a member reported of a later picture came first: this one is past.
            return;
        }

        if (rests)
        {
            stage.Attend(picture, _spareInfo, controls.Settings);
        }
        else
        {
            tell(stage.Process(picture, _spareInfo, controls.Settings));
        }
    }
}
