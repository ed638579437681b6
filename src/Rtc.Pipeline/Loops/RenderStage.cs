using Rtc.Media;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Detecting;
using Rtc.Pipeline.Encoding;
using Rtc.Pipeline.Masks;
using Rtc.Pipeline.Rendering;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Targets;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Loops;

/// <summary>
/// What happens to every coded picture, in order: decode (<see cref="DecodeStage"/>), offer a copy to the inference loop, draw
/// the newest scene on it, encode, hand on. It never waits for a model (in exact alignment the picture waits, not the
/// loop). Synchronous and without a thread of its own; one loop calls it.
/// </summary>
internal sealed class RenderStage : IDisposable
{
    /// <summary>How much coarser a fully blurred background is coded than its subject.</summary>
    private const int MaxCoarseness = 24;

    private readonly RoomPipelineOptions _options;
    private readonly PicturePool _pool;
    private readonly IPipelineOutput _output;
    private readonly SharedScene _board;
    private readonly LatestFrame _latest;
    private readonly PipelineCounters _counters;
    private readonly TimeProvider _time;
    private readonly RoomControls _controls;
    private readonly PreviewShelf _preview;
    private RegionFollower _follower;
    private SceneArtist _artist;
    private readonly SceneCopy _scene = new();
    private MaskFlow?[] _flows = new MaskFlow?[TargetSlots.Count];
    private readonly DecodeStage _decoding;
    private readonly FormatCoders _coders;
    private readonly FormatCoders _thin;
    private readonly Queue<(Picture Picture, PictureInfo Info, double DeadlineMs)> _waiting = [];
    private ViewMode _codedMode;

    public RenderStage(
        RoomPipelineOptions options, ICodecFactory codecs, PicturePool pool, IPipelineOutput output, SharedScene board, LatestFrame latest,
        RoomControls controls, PreviewShelf preview, PipelineCounters counters, TimeProvider time)
    {
        _preview = preview;
        _follower = new RegionFollower(board);
        _options = options;
        _artist = new SceneArtist(pool, options.Privacy);
        _decoding = new DecodeStage(options, codecs, pool, output, controls, counters, time);
        _coders = new FormatCoders(options, codecs);
        _thin = new FormatCoders(options, codecs);
        _pool = pool;
        _output = output;
        _board = board;
        _latest = latest;
        _controls = controls;
        _counters = counters;
        _time = time;
    }

    /// <summary>When <see cref="Flush"/> must be called at the latest, or null.</summary>
    public double? NextDeadlineMs => _waiting.TryPeek(out var first) ? first.DeadlineMs : null;

    /// <summary>Takes one coded picture, whose reference it owns then. <paramref name="behind"/>: newer ones wait already.</summary>
    public void Process(EncodedFrame coded, bool behind)
    {
        Picture? picture;
        PictureInfo info;
        using (coded)
        {
            if (!_controls.WantVideo && !_controls.WantResults && _controls.ThinKbps == 0)
            {
                Rest();
                return;
            }

            picture = _decoding.Decode(coded, out info);
        }

        try
        {
            Process(ref picture, info, behind);
        }
        finally
        {
            picture?.Dispose();
        }
    }

    /// <summary>Leaves the picture in place unless it was handed over.</summary>
    private void Process(ref Picture? picture, in PictureInfo info, bool behind)
    {
        if (picture is null)
        {
            return;
        }

        _controls.Pictures.Add(new SizedPicture(info, picture.Width, picture.Height));

        // Once for all that is done to the picture: it is private in all of it or in none.
        RoomSettings settings = _controls.Settings;
        if (settings.Mode == ViewMode.Privacy)
        {
            _artist.Observe(picture, info);
            _thin.Rest();
        }
        else if (!behind)
        {
            CodeThin(picture, info);
        }

        if (_board.HasRegions)
        {
            _follower.Follow(picture, info.Ticks);
        }

        if (_controls.WantsDetection)
        {
            Offer(ref picture, info, settings);
        }

        if (picture is null)
        {
            return;
        }

        if (!_controls.WantVideo || behind)
        {
            _counters.DroppedLate += behind && _controls.WantVideo ? 1 : 0;
            Keep(picture, info, settings);
            return;
        }

        bool waits = settings.Alignment == Alignment.Exact && settings.Mode != ViewMode.Plain;
        _waiting.Enqueue((picture, info, waits ? _time.Milliseconds() + settings.ExactLimitMs : 0));
        picture = null;
        Flush();
    }

    /// <summary>Finishes what waited for its result and now has it, or has waited long enough.</summary>
    public void Flush()
    {
        while (_waiting.TryPeek(out var first)
            && (first.DeadlineMs <= _time.Milliseconds()
                || _waiting.Count > _options.MaxWaitingForResults
                || _board.NewestFrameId >= first.Info.FrameId))
        {
            _waiting.Dequeue();
            using Picture picture = first.Picture;
            RoomSettings settings = _controls.Settings;
            Render(picture, first.Info, settings);
            _preview.Put(picture, isBlurred: settings.Mode == ViewMode.Privacy);
            Encode(picture, first.Info, settings);
        }
    }

    /// <summary>
    /// After an exception: codecs and drawing begin anew, with a key frame in and out. What counts on from picture to picture
    /// stays, so that a reader of results sees time go on.
    /// </summary>
    public void Renew()
    {
        Dispose();
        _artist = new SceneArtist(_pool, _options.Privacy);
        _follower = new RegionFollower(_board);
        _flows = new MaskFlow?[TargetSlots.Count];
        _decoding.BeginAnew();
    }

    public void Dispose()
    {
        while (_waiting.TryDequeue(out var waiting))
        {
            waiting.Picture.Dispose();
        }

        _decoding.Dispose();
        _coders.Dispose();
        _thin.Dispose();
        _artist.Dispose();
    }

    /// <summary>A key frame is missing: ask for it, but not with every picture.</summary>
    public void AskForKeyFrame() => _decoding.AskForKeyFrame();

    private void Rest()
    {
        _decoding.BeginAnew();
        _coders.Rest();
        _thin.Rest();
        _counters.Rested++;
    }

    /// <summary>Hands over the picture itself where no viewer watches, else a copy that nothing will be drawn on.</summary>
    private void Offer(ref Picture? picture, in PictureInfo info, RoomSettings settings)
    {
        Picture? offered = picture!;
        bool isShown = _controls.WantVideo;
        if (!isShown)
        {
            Keep(offered, info, settings);
        }

        if (isShown)
        {
            offered = PictureOps.Copy(offered, _pool);
        }
        else
        {
            picture = null;
        }

        _latest.Offer(offered, info);
    }

    /// <summary>For thumbnails while no viewer watches: what the room shows in privacy mode, else the picture as it came.</summary>
    private void Keep(Picture picture, in PictureInfo info, RoomSettings settings)
    {
        if (settings.Mode != ViewMode.Privacy)
        {
            _preview.Put(picture, isBlurred: false);
        }
        else if (_preview.IsDue)
        {
            using Picture copy = PictureOps.Copy(picture, _pool);
            Draw(copy, info, settings);
            _preview.Put(copy, isBlurred: true);
        }
    }

    private void Draw(Picture picture, in PictureInfo info, RoomSettings settings)
    {
        _artist.Begin();
        if (settings.Mode != ViewMode.Plain)
        {
            _board.CopyTo(_scene, info.Ticks, new RoomUnits(picture.Width, picture.Height));
            if (settings.Mode != ViewMode.Privacy)
            {
                CarryMasks(picture);
            }

            _artist.Draw(picture, _scene, info, settings);
        }
    }

    /// <summary>Before anything is drawn on the picture; rooms without an outline have nothing to carry it with.</summary>
    private void CarryMasks(Picture picture)
    {
        for (int slot = 0; slot < _flows.Length; slot++)
        {
            TargetView view = _scene.Targets[slot];
            bool hasOutline = view.Id != 0 && view.HasOutline;
            if (hasOutline || _flows[slot] is not null)
            {
                (_flows[slot] ??= new MaskFlow()).Carry(picture, hasOutline ? view.Id : 0, view.MaskVersion, view.Mask);
            }
        }
    }

    private void Render(Picture picture, in PictureInfo info, RoomSettings settings)
    {
        long before = _time.GetTimestamp();
        Draw(picture, info, settings);
        _counters.BlurredWhole += _artist.IsBlurredWhole ? 1 : 0;
        double took = _time.GetElapsedTime(before).TotalMilliseconds;
        _counters.Render.Add(took);
        _output.OnStage("render", took);
        _counters.Rendered++;
        _counters.RenderedRate.Mark(_time.Milliseconds());
    }

    private void Encode(Picture picture, in PictureInfo info, RoomSettings settings)
    {
        if (settings.Mode == ViewMode.Privacy && _codedMode != ViewMode.Privacy)
        {
            // Coded as a difference to a raw picture a blur may leave something of it.
            _coders.Rest();
        }

        _codedMode = settings.Mode;
        int kbps = _decoding.Source.Limit(_controls.BitrateKbps, picture.Width * picture.Height, settings.Mode != ViewMode.Plain);
        bool key = _controls.TakeKeyFrameRequest();
        foreach (PictureCoder coder in _coders.For(_controls.OutputFormats))
        {
            coder.Prepare(picture, kbps, MinQuantizerFor(coder.Codec), _controls.TemporalLayers);
            Encode(coder, picture, info, key, settings);
        }
    }

    private void Encode(PictureCoder coder, Picture picture, in PictureInfo info, bool key, RoomSettings settings)
    {
        long before = _time.GetTimestamp();

        // The blurred background needs few bits: the subject gets them.
        coder.SetInterest(_artist.Subject, (int)(MaxCoarseness * settings.Blur));
        EncodedFrame? coded = coder.Code(picture, info, key);
        _counters.Encode.Add(_time.GetElapsedTime(before).TotalMilliseconds);
        if (coded is null)
        {
            _counters.DroppedByEncoder++;
            return;
        }

        _counters.Coded++;
        _counters.Turnaround.Add(_time.Milliseconds() - info.ReceivedMs);
        _output.OnCoded(coded, settings.Mode);
    }

    /// <summary>Before anything is drawn: viewers of the source get it as it came. Never in privacy mode.</summary>
    private void CodeThin(Picture picture, in PictureInfo info)
    {
        int kbps = _controls.ThinKbps;
        if (kbps == 0)
        {
            _thin.Rest();
            return;
        }

        int limited = _decoding.Source.Limit(kbps, picture.Width * picture.Height, isDrawnOn: false);
        bool key = _controls.TakeThinKeyFrameRequest();
        foreach (PictureCoder coder in _thin.For(_controls.ThinFormats))
        {
            coder.Prepare(picture, limited, MinQuantizerFor(coder.Codec), _controls.ThinTemporalLayers);
            if (coder.Code(picture, info, key) is { } coded)
            {
                _output.OnThinCoded(coded);
            }
        }
    }

    private int MinQuantizerFor(VideoCodec codec) => codec == _decoding.Codec ? _decoding.Source.MinQuantizer : -1;
}
