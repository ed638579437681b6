using Rtc.Media.Codecs;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Results;

/// <summary>Where a room's pipeline hands on what it made. Called on the pipeline's own loops; must not block.</summary>
public interface IPipelineOutput
{
    /// <summary>
    /// The rendered picture, coded; the receiver disposes it. The mode is the one that it was drawn in, which need not be the
    /// room's any more.
    /// </summary>
    void OnCoded(EncodedFrame picture, ViewMode mode);

    /// <summary>
    /// The source as it came, coded for links that its own stream does not fit; the receiver disposes it. There is none in
    /// privacy mode.
    /// </summary>
    void OnThinCoded(EncodedFrame picture) => picture.Dispose();

    void OnResult(VisionResult result);

    /// <summary>The decoder cannot go on: ask the phone for a key frame.</summary>
    void OnKeyFrameNeeded();

    void OnNotice(PipelineNotice notice);

    /// <summary>How long a stage of the render loop ("decode", "render") took for one picture.</summary>
    void OnStage(string stage, double milliseconds)
    {
    }

    /// <summary>An exception ended a loop ("render", "vision"), which begins again after this time; null where it was given up.</summary>
    void OnLoopError(string loop, Exception error, TimeSpan? restartIn)
    {
    }
}
