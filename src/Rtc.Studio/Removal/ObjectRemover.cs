using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Removal;

/// <summary>
/// Takes an object out of a clip. What it hides is background that other pictures show; the rest is invented once, in the picture
/// that lacks most, and carried to the others like any background, so that it does not flicker. For one clip and one thread.
/// </summary>
/// <param name="frames">The clip; stays the caller's.</param>
/// <param name="inventor">Fills what no picture shows; stays the caller's. Null: without weights.</param>
internal sealed class ObjectRemover(ClipFrames frames, IBackgroundInventor? inventor = null)
{
    private const int MaxSources = 40;
    private const int MaxCompleted = 4;

    // What is grown around a mask, as a share of the picture's shorter side: soft edges and blur belong to the object.
    private const float Growth = 0.009f;
    private const int MinGrowth = 3;
    private const int UnseenAllowed = 0;

    /// <param name="masks">Of the object, one for each picture.</param>
    /// <param name="onFrame">Told of each picture that is looked at, and of each that is done.</param>
    /// <param name="write">Given each picture without the object, in order; the picture is the remover's again after it.</param>
    public void Remove(IReadOnlyList<MaskRuns> masks, Action onFrame, Action<Picture> write)
    {
        CameraMotion motion = CameraMotion.Read(frames, masks, onFrame);
        var hole = new ClipMask(frames.Width, frames.Height);
        List<BackgroundSource> sources = Sources(masks);
        List<BackgroundSource> completed = [];
        try
        {
            var fill = new BackgroundFill(motion, sources);
            Complete(fill, sources, completed);
            for (int frame = 0; frame < frames.Count; frame++)
            {
                using Picture picture = frames.Rent(frame);
                Hole(masks[frame], hole);
                if (fill.Fill(frame, picture, hole) is { } open)
                {
                    // Crumbs along the rims: a network asked anew for each picture would flicker.
                    TeleaInventor.Fill(picture, open);
                }

                write(picture);
                onFrame();
            }
        }
        finally
        {
            foreach (BackgroundSource source in sources.Concat(completed))
            {
                source.Dispose();
            }
        }
    }

    /// <summary>Pictures at even distances, enough for each place to be seen by some.</summary>
    private List<BackgroundSource> Sources(IReadOnlyList<MaskRuns> masks)
    {
        int step = (frames.Count + MaxSources - 1) / MaxSources;
        var sources = new List<BackgroundSource>();
        for (int frame = 0; frame < frames.Count; frame += step)
        {
            sources.Add(Source(frame, masks));
        }

        if (sources[^1].Frame != frames.Count - 1)
        {
            sources.Add(Source(frames.Count - 1, masks));
        }

        return sources;
    }

    private BackgroundSource Source(int frame, IReadOnlyList<MaskRuns> masks)
    {
        var hidden = new ClipMask(frames.Width, frames.Height);
        Hole(masks[frame], hidden);
        return new BackgroundSource(frame, frames.Rent(frame), hidden);
    }

    /// <summary>Invents what no source shows, beginning with the picture that lacks most of it.</summary>
    private void Complete(BackgroundFill fill, List<BackgroundSource> sources, List<BackgroundSource> completed)
    {
        while (completed.Count < MaxCompleted)
        {
            (BackgroundSource? worst, int unseen) = (null, UnseenAllowed);
            foreach (BackgroundSource source in sources)
            {
                int count = fill.CountUnseen(source.Frame, source.Hidden);
                if (count > unseen)
                {
                    (worst, unseen) = (source, count);
                }
            }

            if (worst is null)
            {
                return;
            }

            Picture picture = frames.Rent(worst.Frame);
            var whole = new BackgroundSource(worst.Frame, picture, new ClipMask(frames.Width, frames.Height));
            completed.Add(whole);
            if (fill.Fill(worst.Frame, picture, worst.Hidden) is { } open)
            {
                Invent(picture, open);
            }

            fill.AddCompleted(whole);
        }
    }

    private void Invent(Picture picture, byte[] open)
    {
        if (inventor is null)
        {
            TeleaInventor.Fill(picture, open);
            return;
        }

        inventor.Invent(picture, open);
    }

    private void Hole(MaskRuns mask, ClipMask into)
    {
        into.Clear();
        mask.AddTo(into);
        if (mask.Area > 0)
        {
            OpenCv.Dilate(into, Math.Max(MinGrowth, (int)MathF.Round(Growth * Math.Min(frames.Width, frames.Height))));
        }
    }
}
