using Rtc.Media;
using Rtc.Studio.Clips;
using Rtc.Studio.Flow;

namespace Rtc.Studio.Removal;

/// <summary>
/// How the background moves through a clip: from each picture to the next a homography that most of what has texture outside of the
/// masks agrees on, and any two pictures by way of those between.
/// </summary>
internal sealed class CameraMotion
{
    private const int PointStep = 10;
    private const float MinTexture = 12;

    // Motion of less than this over the whole picture is none: the camera stands.
    private const double Still = 0.12;

    private readonly Homography[] _fromFirst;
    private readonly Homography[] _toFirst;

    private CameraMotion(Homography[] fromFirst)
    {
        _fromFirst = fromFirst;
        _toFirst = [.. fromFirst.Select(one => one.Inverse())];
    }

    /// <summary>Where the background of one picture is in another.</summary>
    public Homography Between(int from, int to) => from == to ? Homography.Identity : _fromFirst[to].After(_toFirst[from]);

    /// <param name="frames">The clip.</param>
    /// <param name="masks">What is not background, one for each picture.</param>
    /// <param name="onFrame">Told of each picture that is done.</param>
    public static CameraMotion Read(ClipFrames frames, IReadOnlyList<MaskRuns> masks, Action onFrame)
    {
        var fromFirst = new Homography[frames.Count];
        fromFirst[0] = Homography.Identity;
        var previous = new LumaPyramid(frames.Width, frames.Height);
        var next = new LumaPyramid(frames.Width, frames.Height);
        var search = new DenseFlow();
        var flow = new FlowMap(previous[0].Width, previous[0].Height, previous.Scale);
        var mask = new ClipMask(frames.Width, frames.Height);
        using (Picture first = frames.Rent(0))
        {
            previous.Read(first);
        }

        for (int frame = 1; frame < frames.Count; frame++)
        {
            using (Picture picture = frames.Rent(frame))
            {
                next.Read(picture);
            }

            search.Compute(previous, next, flow);
            mask.Clear();
            masks[frame - 1].AddTo(mask);
            Homography step = StepOf(previous[0], flow, mask) ?? Homography.Identity;
            fromFirst[frame] = (step.Reach(frames.Width, frames.Height) < Still ? Homography.Identity : step).After(fromFirst[frame - 1]);
            (previous, next) = (next, previous);
            onFrame();
        }

        return new CameraMotion(fromFirst);
    }

    private static Homography? StepOf(LumaLevel level, FlowMap flow, ClipMask mask)
    {
        List<(float, float)> from = [];
        List<(float, float)> to = [];
        int step = Math.Max(2, PointStep / flow.Scale);
        for (int y = 2; y < level.Height - 2; y += step)
        {
            ReadOnlySpan<float> row = level.Row(y);
            ReadOnlySpan<float> above = level.Row(y - 1);
            ReadOnlySpan<float> below = level.Row(y + 1);
            for (int x = 2; x < level.Width - 2; x += step)
            {
                float px = ((x + 0.5f) * flow.Scale) - 0.5f;
                float py = ((y + 0.5f) * flow.Scale) - 0.5f;
                int at = (y * flow.Width) + x;
                if (MathF.Abs(row[x + 1] - row[x - 1]) + MathF.Abs(below[x] - above[x]) >= MinTexture
                    && !mask.IsInside((int)px, (int)py)
                    && px + flow.X[at] >= 0 && py + flow.Y[at] >= 0
                    && px + flow.X[at] < mask.Width && py + flow.Y[at] < mask.Height)
                {
                    from.Add((px, py));
                    to.Add((px + flow.X[at], py + flow.Y[at]));
                }
            }
        }

        return OpenCv.FindHomography(from, to);
    }
}
