namespace Rtc.Analysis.Scenes;

/// <summary>The last pictures of a stream, and how each differs from the one before it.</summary>
internal sealed class PictureWindow
{
    public const int Length = 192;

    // How far a camera turns from one picture to the next, in parts of the picture, and a change that needs no camera to explain it.
    private const double StepReach = 0.25;
    private const double StillChange = 1.5;

    private readonly Signature?[] _pictures = new Signature?[Length];
    private readonly PictureDifference[] _steps = new PictureDifference[Length];
    private readonly long _first;

    /// <param name="first">The number of the first picture.</param>
    public PictureWindow(long first) => Next = _first = first;

    /// <summary>The number of the next picture.</summary>
    public long Next { get; private set; }

    /// <summary>Takes the next picture and gives back the one that falls out of the window.</summary>
    public Signature? Add(Signature picture)
    {
        ref Signature? place = ref _pictures[Next % Length];
        Signature? old = place;
        place = picture;
        _steps[Next % Length] = DifferenceFrom(Next - 1, picture);
        Next++;
        return old;
    }

    private PictureDifference DifferenceFrom(long number, Signature picture) => At(number) is not { } before ? default
        : picture.HasSizeOf(before) && picture.ChangeFrom(before) < StillChange ? default
        : PictureMatch.Compare(before, picture, StepReach, zooms: false);

    public Signature? At(long number) => number >= _first && number < Next && number >= Next - Length ? _pictures[number % Length] : null;

    public bool HasStep(long number) => At(number) is not null && At(number - 1) is not null;

    /// <summary>How a picture differs from the one before; nothing where there is none.</summary>
    public PictureDifference StepAt(long number) => HasStep(number) ? _steps[number % Length] : default;
}
