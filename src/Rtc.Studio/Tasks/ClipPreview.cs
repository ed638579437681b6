using Rtc.Inference;
using Rtc.Media;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;

namespace Rtc.Studio.Tasks;

/// <summary>
/// A clip that clicks are tried on: decoded once, with the outline of each click kept, so that a further one costs its own alone. Owns
/// the pictures and the engine. For one thread.
/// </summary>
public sealed class ClipPreview : IDisposable
{
    private const int MaxKept = 64;

    private readonly ClipFrames _frames;
    private readonly IOutlineEngine _engine;
    private readonly ClipTracker _tracker;
    private readonly Dictionary<(int Frame, ClickPoint Click), MaskRuns> _kept = [];

    private ClipPreview(ClipFile clip, ClipFrames frames, StudioEngines engines)
    {
        (Clip, _frames, _engine) = (clip, frames, engines.OpenOutline());
        _tracker = new ClipTracker(frames, engines.OpenOutline);
    }

    public ClipFile Clip { get; }

    /// <summary>What outlines.</summary>
    public string Engine => _engine.Name;

    /// <summary>When each picture is shown, in seconds from the clip's start.</summary>
    public IReadOnlyList<double> Times => _frames.Times;

    /// <exception cref="StudioException">It is no clip that is worked on, or can't be decoded.</exception>
    internal static ClipPreview Open(ClipFile clip, string folder, PicturePool pool, StudioEngines engines, CancellationToken cancel)
    {
        ClipFrames frames = ClipFrames.Read(clip, folder, pool, cancel);
        try
        {
            return new ClipPreview(clip, frames, engines);
        }
        catch
        {
            frames.Dispose();
            throw;
        }
    }

    /// <summary>The outline that a task with this request would begin with; of no area where nothing stands out there.</summary>
    /// <exception cref="StudioException">The clip has no such picture.</exception>
    public MaskRuns Outline(StudioRequest wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        IReadOnlyList<ClickPoint> clicks = wanted.Clicks(_frames);
        using Picture picture = _frames.Rent(wanted.FrameIndex);
        var mask = new ClipMask(_frames.Width, _frames.Height);
        return ClickedOutline.TryJoin(picture, clicks, (click, into) => TryOne(wanted.FrameIndex, click, into), mask)
            ? MaskRuns.Of(mask)
            : MaskRuns.None;
    }

    public void Dispose()
    {
        _engine.Dispose();
        _frames.Dispose();
    }

    private bool TryOne(int frame, ClickPoint click, ClipMask into)
    {
        if (!_kept.TryGetValue((frame, click), out MaskRuns? runs))
        {
            if (_kept.Count == MaxKept)
            {
                _kept.Clear();
            }

            runs = _tracker.TryStart(_engine, frame, click.Prompt, into) ? MaskRuns.Of(into) : MaskRuns.None;
            _kept.Add((frame, click), runs);
        }

        into.Clear();
        runs.AddTo(into);
        return runs.Area > 0;
    }
}
