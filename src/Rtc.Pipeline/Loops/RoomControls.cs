namespace Rtc.Pipeline;

/// <summary>What others tell a room from their own threads; the loops look at it once a picture.</summary>
internal sealed class RoomControls(RoomPipelineOptions options)
{
    private volatile RoomSettings _settings = options.Settings;
    private volatile bool _wantVideo = true;
    private volatile bool _wantResults = true;
    private volatile int _bitrateKbps = options.BitrateKbps;
    private volatile int _temporalLayers = 1;
    private volatile VideoCodec _outputCodec = options.OutputCodec;
    private volatile int _thinKbps;
    private volatile int _thinTemporalLayers = 1;
    private volatile VideoCodec _thinCodec = VideoCodec.Vp8;
    private int _keyFrameRequested;
    private int _thinKeyFrameRequested;
    private volatile string _lastNotice = "";

    public RoomSettings Settings
    {
        get => _settings;
        set => _settings = value;
    }

    public bool WantVideo
    {
        get => _wantVideo;
        set => _wantVideo = value;
    }

    public bool WantResults
    {
        get => _wantResults;
        set => _wantResults = value;
    }

    public int BitrateKbps
    {
        get => _bitrateKbps;
        set => _bitrateKbps = value;
    }

    /// <summary>More than one while viewers' links differ.</summary>
    public int TemporalLayers
    {
        get => _temporalLayers;
        set => _temporalLayers = value;
    }

    public VideoCodec OutputCodec
    {
        get => _outputCodec;
        set => _outputCodec = value;
    }

    /// <summary>What the source coded anew for thin links may take; 0 where nobody needs it.</summary>
    public int ThinKbps
    {
        get => _thinKbps;
        set => _thinKbps = value;
    }

    public int ThinTemporalLayers
    {
        get => _thinTemporalLayers;
        set => _thinTemporalLayers = value;
    }

    public VideoCodec ThinCodec
    {
        get => _thinCodec;
        set => _thinCodec = value;
    }

    /// <summary>Somebody needs results, or there is something to draw for somebody who watches.</summary>
    public bool WantsDetection => _wantResults || (_wantVideo && _settings.Mode != ViewMode.Plain);

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
