namespace Rtc.Inference.Motion;

/// <summary>One thing that moves, from picture to picture, in pixels of the small picture. Owned by <see cref="BlobTracks"/>.</summary>
internal sealed class BlobTrack(in Blob born)
{
    private const float SpeedWeight = 0.3f;

    // Moved by this share of its size it is taken for something that came here by itself.
    private const int PicturesToDivide = 3;
    private const float TravelShare = 0.4f;

    private readonly float _bornX = born.CenterX;
    private readonly float _bornY = born.CenterY;
    private int _several;
    private float _speedX;
    private float _speedY;

    /// <summary>Where it was seen last, or should be by now.</summary>
    public Blob Box { get; private set; } = born;

    /// <summary>Pictures in which it was seen.</summary>
    public int Age { get; private set; } = 1;

    /// <summary>Pictures since it was seen.</summary>
    public int Missed { get; private set; }

    /// <summary>Pictures since most of it moved.</summary>
    public int StillFor { get; private set; }

    /// <summary>It came from elsewhere: what stands here now is no change of the background.</summary>
    public bool HasTravelled { get; private set; }

    public float SpeedX => _speedX;

    public float SpeedY => _speedY;

    private Blob _found = new();

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

    public void Predict()
    {
        int x = (int)MathF.Round(_speedX * (Missed + 1));
        int y = (int)MathF.Round(_speedY * (Missed + 1));
        Expected = Box.Moved(x, y);
        Found = new();
        WasSeveral = false;
        Pieces.Clear();
    }

    /// <summary>Where it should be in this picture.</summary>
    public Blob Expected { get; private set; } = born;

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
        _speedX += weight * (((Found.CenterX - Box.CenterX) / (Missed + 1)) - _speedX);
        _speedY += weight * (((Found.CenterY - Box.CenterY) / (Missed + 1)) - _speedY);
        Box = Found;
        Missed = 0;
        Age++;
        StillFor = Found.Still > 0.8f * Found.Pixels ? StillFor + 1 : 0;
        float away = Math.Max(Math.Abs(Box.CenterX - _bornX), Math.Abs(Box.CenterY - _bornY));
        HasTravelled |= away > 1 + (TravelShare * Math.Min(Box.Width, Box.Height));
        return true;
    }
}
