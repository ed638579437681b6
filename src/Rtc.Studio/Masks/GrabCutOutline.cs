using Rtc.Inference;
using Rtc.Inference.Segment;
using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Masks;

/// <summary>
/// Outlines by colour and contrast, without weights. A click says nothing of the object's size, so sizes are tried and the one is
/// taken whose colours differ best from those around it; then each picture is cut anew near the outline that motion carried there,
/// with the colours that the cut before it learnt.
/// </summary>
internal sealed class GrabCutOutline : IOutlineEngine
{
    public const string EngineName = "grabcut";

    private const int StartPixels = 4600;
    private const int FollowPixels = 10_000;

    // Boxes around a click, as shares of the picture's shorter side.
    private static readonly float[] s_sizes = [0.07f, 0.11f, 0.17f, 0.26f, 0.4f, 0.6f];
    private const float Margin = 0.3f;
    private const int MinMargin = 6;
    private const float BoxMargin = 0.08f;
    private const int StartRounds = 2;
    private const int Refinements = 2;

    // The open band along an outline, as a share of the object's shorter side.
    private const float StartBand = 0.16f;
    private const float FollowBand = 0.05f;
    private const float LooseBand = 0.5f;
    private const int MinBand = 2;

    // Below it inside and outside have the same colours: an outline would be invented.
    private const float MinScore = 0.6f;
    private const float MovingBonus = 1.5f;
    private const float MinShare = 0.01f;
    private const float MaxShare = 0.9f;

    private readonly PriorCutter _cutter = new();
    private readonly SoftPrior _prior = new();
    private byte[] _alpha = [];
    private bool _hasColours;

    public string Name => EngineName;

    public bool TryStart(Picture picture, in MaskPrompt prompt, ClipMask? moving, ClipMask into)
    {
        var trial = new ClipMask(picture.Width, picture.Height);
        float best = MinScore;
        bool found = false;
        if (moving is not null)
        {
            trial.CopyFrom(moving);
            if (prompt.Box is { } seen)
            {
                // Others that move along beside it are none of it.
                trial.Keep(WorkCrop.Around(seen, BoxMargin, 0, picture.Width, picture.Height));
            }

            Consider(Refine(picture, prompt, trial) + MovingBonus, trial);
        }

        if (prompt.Box is { } box)
        {
            Consider(Try(picture, box, prompt, trial), trial);
        }
        else
        {
            int side = Math.Min(picture.Width, picture.Height);
            foreach (float size in s_sizes)
            {
                float half = size * side / 2;
                (float x, float y) = (prompt.X!.Value, prompt.Y!.Value);
                Consider(Try(picture, new RectF(x - half, y - half, x + half, y + half), prompt, trial), trial);
            }
        }

        if (found)
        {
            // The colours are to be those of the one that was chosen.
            Cut(picture, into, FollowBand, keepsColours: false, StartRounds, into);
            found = into.Bounds() is not null;
        }

        _hasColours = found;
        return found;

        void Consider(float score, ClipMask mask)
        {
            if (score > best && mask.Bounds() is not null)
            {
                (best, found) = (score, true);
                into.CopyFrom(mask);
            }
        }
    }

    public bool TryFollow(Picture picture, ClipMask carried, bool isLoose, ClipMask into)
    {
        if (carried.Bounds() is null)
        {
            return false;
        }

        Cut(picture, carried, isLoose ? LooseBand : FollowBand, _hasColours, rounds: 1, into);
        _hasColours = true;
        return into.Bounds() is not null;
    }

    public void Dispose()
    {
    }

    /// <summary>A cut in a box of which nothing but the click is sure, then along the outline that came of it.</summary>
    private float Try(Picture picture, in RectF wanted, in MaskPrompt prompt, ClipMask into)
    {
        RectF box = wanted.ClipTo(picture.Width, picture.Height);
        if (box.Width < 4 || box.Height < 4)
        {
            return 0;
        }

        WorkCrop crop = WorkCrop.Of(WorkCrop.Around(box, Margin, MinMargin, picture.Width, picture.Height), StartPixels);
        Span<float> leanings = _prior.Begin(crop);
        float seed = Math.Max(2, 0.08f * Math.Min(box.Width, box.Height));
        for (int y = 0; y < crop.Height; y++)
        {
            float py = crop.YOf(y);
            for (int x = 0; x < crop.Width; x++)
            {
                float px = crop.XOf(x);
                float dx = (px - box.CenterX) / (box.Width / 2);
                float dy = (py - box.CenterY) / (box.Height / 2);
                bool isClicked = prompt.X is { } cx && prompt.Y is { } cy
                    && ((px - cx) * (px - cx)) + ((py - cy) * (py - cy)) < seed * seed;
                leanings[(y * crop.Width) + x] = isClicked ? PriorCutter.Certain
                    : box.Contains(px, py) ? 2.4f * Math.Clamp(1.1f - MathF.Sqrt((dx * dx) + (dy * dy)), -1.2f, 0.7f)
                    : -PriorCutter.Certain;
            }
        }

        Cut(picture, crop, leanings, StartRounds, keepsColours: false, into);
        return Refine(picture, prompt, into);
    }

    /// <summary>How well the colours part the outline from what is around it, after it has settled; 0 where it misses the prompt.</summary>
    private float Refine(Picture picture, in MaskPrompt prompt, ClipMask mask)
    {
        float score = 0;
        for (int i = 0; i < Refinements; i++)
        {
            if (mask.Bounds() is not { } bounds)
            {
                return 0;
            }

            CutReport report = Cut(picture, mask, StartBand, keepsColours: false, StartRounds, mask);
            float picked = report.Share * WorkCrop.Around(bounds, Margin, MinMargin, picture.Width, picture.Height).Area;
            score = picked < MinShare * MinShare * picture.Width * picture.Height || picked > MaxShare * picture.Width * picture.Height
                ? 0
                : Math.Min(report.Inside, report.Outside) + report.Contrast;
        }

        return IsHit(mask, prompt) ? score : 0;
    }

    private static bool IsHit(ClipMask mask, in MaskPrompt prompt) =>
        prompt is not { X: { } x, Y: { } y } || mask.IsInside(Math.Min((int)x, mask.Width - 1), Math.Min((int)y, mask.Height - 1));

    private CutReport Cut(Picture picture, ClipMask prior, float band, bool keepsColours, int rounds, ClipMask into)
    {
        RectF bounds = prior.Bounds()!.Value;
        WorkCrop crop = WorkCrop.Of(WorkCrop.Around(bounds, Margin, MinMargin, picture.Width, picture.Height), FollowPixels);
        float side = Math.Min(bounds.Width / crop.Region.Width * crop.Width, bounds.Height / crop.Region.Height * crop.Height);
        ReadOnlySpan<float> leanings = _prior.Of(prior, crop, Math.Max(MinBand, (int)MathF.Round(band * side)));
        return Cut(picture, crop, leanings, rounds, keepsColours, into);
    }

    private CutReport Cut(
        Picture picture, in WorkCrop crop, ReadOnlySpan<float> leanings, int rounds, bool keepsColours, ClipMask into)
    {
        if (_alpha.Length < leanings.Length)
        {
            _alpha = new byte[leanings.Length];
        }

        CutReport report =
            _cutter.Cut(picture, crop.Region, crop.Width, crop.Height, leanings, rounds, keepsColours, _alpha.AsSpan(0, leanings.Length));
        crop.Lift(_alpha, into);
        return report;
    }
}
