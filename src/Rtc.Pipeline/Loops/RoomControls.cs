using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Remote;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Loops;

/// <summary>What others tell a room from their own threads; the loops look at it once a picture.</summary>
internal sealed class RoomControls(RoomPipelineOptions options)
{
    public volatile RoomSettings Settings = options.Settings;
    public volatile bool WantVideo = true;
    public volatile bool WantResults = true;
    public volatile int BitrateKbps = options.BitrateKbps;

    /// <summary>More than one while viewers' links differ.</summary>
    public volatile int TemporalLayers = 1;

    public volatile VideoFormats OutputFormats = options.OutputFormats;

    /// <summary>Bitrate of the source when it is encoded again for thin links; 0 where no viewer needs it.</summary>
    public volatile int ThinKbps;

    public volatile int ThinTemporalLayers = 1;
    public volatile VideoFormats ThinFormats = VideoFormats.Vp8;

    /// <summary>Whether a member's own results come.</summary>
    public RemoteTurn Remote { get; } = new();

    /// <summary>The pictures that a member's results may be of.</summary>
    public PictureLog Pictures { get; } = new();

    private volatile string _lastNotice = "";
    private int _keyFrameRequested;
    private int _thinKeyFrameRequested;

    /// <summary>Results are wanted, or there is something to draw for a viewer.</summary>
    public bool WantsDetection => WantResults || (WantVideo && Settings.Mode != ViewMode.Plain);

    /// <summary>
    /// The room's own detector may leave pictures alone: a member detects. Never in privacy mode, where a member could leave a
    /// person out, nor where the room makes class maps.
    /// </summary>
    public bool Rests(double nowMs) => Remote.Rests(nowMs) && Settings.Mode is not (ViewMode.Privacy or ViewMode.Segment);

    public void RequestKeyFrame() => Interlocked.Exchange(ref _keyFrameRequested, 1);

    public bool TakeKeyFrameRequest() => Interlocked.Exchange(ref _keyFrameRequested, 0) == 1;

    public void RequestThinKeyFrame() => Interlocked.Exchange(ref _thinKeyFrameRequested, 1);

    public bool TakeThinKeyFrameRequest() => Interlocked.Exchange(ref _thinKeyFrameRequested, 0) == 1;

    /// <summary>Says the same thing once, not with every picture.</summary>
    public void NoticeOnce(IPipelineOutput output, PipelineNotice notice)
    {
        if (_lastNotice != notice.Code)
        {
            _lastNotice = notice.Code;
            output.OnNotice(notice);
        }
    }
}
