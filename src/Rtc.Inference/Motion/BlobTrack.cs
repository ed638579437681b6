namespace Rtc.Inference.Motion;

/// <summary>One thing that moves, from picture to picture, in pixels of the small picture. Owned by <see cref="BlobTracks"/>.</summary>
internal sealed class BlobTrack(in Blob born)
{
    private const float SpeedWeight = 0.3f;

    // It is divided when it looked like several in so many pictures.
    private const int PicturesToDivide = 3;

    // Moved by this share of its size it is taken for something that came here by itself.
    private const float TravelShare = 0.4f;

    // What is still and becomes smaller, as the background takes it over, does not travel.
    private const float MaxStill = 0.5f;

    private float _hereX = born.CenterX;
    private float _hereY = born.CenterY;
    private int _several;
    private Blob _found = new();

    /// <summary>Where it was seen last, or should be by now.</summary>
    public Blob Box { get; private set; } = born;

    /// <summary>Pictures in which it was seen.</summary>
    public int Age { get; private set; } = 1;

    /// <summary>Pictures since it was seen.</summary>
    public int Missed { get; private set; }

    /// <summary>Pictures since it was elsewhere.</summary>
    public int HereFor { get; private set; }

    /// <summary>It came from elsewhere: what stands here now is no change of the background.</summary>
    public bool HasTravelled { get; private set; }

    /// <summary>Pixels of the small picture from one picture to the next.</summary>
    public float SpeedX { get; private set; }

    public float SpeedY { get; private set; }

    /// <summary>Where it should be in this picture.</summary>
    public Blob Expected { get; private set; } = born;

    /// <summary>What of this picture was given to it so far.</summary>
    public ref Blob Found => ref _found;

    /// <summary>Parts of this picture that it claims.</summary>
    public List<Blob> Pieces { get; } = [];

    /// <summary>It looked like several things for long enough to be divided.</summary>
    public bool WasSeveral { get; private set; }

    /// <summary>Hears whether it looks like several things in this picture; true once it has done so for a while.</summary>
    public bool IsSeveral(bool looksLike)
    {
        _several = looksLike ? _several + 1 : Math.Max(0, _several - 1);
        WasSeveral = looksLike && _several >= PicturesToDivide;
        return WasSeveral;
    }

    /// <summary>Goes on to the next picture, in which nothing was given to it yet.</summary>
    public void Predict()
    {
        int x = (int)MathF.Round(SpeedX * (Missed + 1));
        int y = (int)MathF.Round(SpeedY * (Missed + 1));
        Expected = Box.Moved(x, y);
        Found = new();
        WasSeveral = false;
        Pieces.Clear();
    }

    /// <summary>Takes over what was another's.</summary>
    public void Absorb(in Blob other) => Box = Box.With(other);

    /// <summary>Takes what was found; false where that was nothing.</summary>
    public bool Settle()
    {
        if (Found.Pixels == 0)
        {
            Missed++;
            return false;
        }

        float weight = Age == 1 ? 1 : SpeedWeight;
        SpeedX += weight * (((Found.CenterX - Box.CenterX) / (Missed + 1)) - SpeedX);
        SpeedY += weight * (((Found.CenterY - Box.CenterY) / (Missed + 1)) - SpeedY);
        Box = Found;
        Missed = 0;
        Age++;
        HereFor++;
        float away = Math.Max(Math.Abs(Box.CenterX - _hereX), Math.Abs(Box.CenterY - _hereY));
        bool moves = Found.Still < MaxStill * Found.Pixels;
        if (moves && away > 1 + (TravelShare * Math.Min(Box.Width, Box.Height)))
        {
            (_hereX, _hereY, HereFor, HasTravelled) = (Box.CenterX, Box.CenterY, 0, true);
        }

        return true;
    }
}
