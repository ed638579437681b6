namespace Rtc.Pipeline.Settings;

/// <summary>What a room may be told while it runs; immutable, swapped whole.</summary>
public sealed record RoomSettings
{
    public const int MaxRegions = 32;
    public const int MaxCorners = 64;
    public const int MaxDetectEvery = 30;
    public const int MaxMaskEvery = 60;
    public const int MaxTrailSeconds = 10;
    public const int MostDetections = 100;
    public const float DefaultNms = 0.45f;

    public ViewMode Mode { get; init; } = ViewMode.Annotate;

    public string Model { get; init; } = "auto";

    /// <summary>"auto" takes the best mask model on hand, or the one without weights.</summary>
    public string MaskModel { get; init; } = "auto";

    public float Confidence { get; init; } = 0.25f;

    /// <summary>Overlap above which the weaker of two boxes is dropped.</summary>
    public float Nms { get; init; } = DefaultNms;

    /// <summary>Objects of one picture, those with the highest scores.</summary>
    public int MaxDetections { get; init; } = MostDetections;

    public TrackerKind Tracker { get; init; } = TrackerKind.ByteTrack;

    /// <summary>0 to 1.</summary>
    public float Blur { get; init; } = 0.6f;

    /// <summary>No model's label: in place of labels it stands for none of them.</summary>
    public const string NoClass = "none";

    /// <summary>Labels to keep; empty for all, <see cref="NoClass"/> for none.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    public int DetectEvery { get; init; } = 1;

    public int MaskEvery { get; init; } = 2;

    public Alignment Alignment { get; init; } = Alignment.Live;

    /// <summary>Milliseconds that a picture waits for its own result where <see cref="Alignment"/> is exact.</summary>
    public int ExactLimitMs { get; init; } = 100;

    /// <summary>Shift tracks by the camera's own motion before they are matched.</summary>
    public bool CameraMotion { get; init; }

    /// <summary>Give a lost target back its focus when something of its colours appears again.</summary>
    public bool Reidentify { get; init; }

    /// <summary>Seconds of each track's way that are drawn behind it; 0 draws none.</summary>
    public float Trails { get; init; }

    public IReadOnlyList<Zone> Zones { get; init; } = [];

    public IReadOnlyList<TripLine> Lines { get; init; } = [];

    /// <summary>Null where all values are in range, else the reason why these settings are refused.</summary>
    public string? Problem()
    {
        if (!Enum.IsDefined(Mode) || !Enum.IsDefined(Alignment) || !Enum.IsDefined(Tracker))
        {
            return "unknown mode, alignment or tracker";
        }

        if (string.IsNullOrWhiteSpace(Model) || string.IsNullOrWhiteSpace(MaskModel))
        {
            return "model must be a name, or \"auto\"";
        }

        if (!(Confidence is >= 0 and <= 1))
        {
            return "confidence must be from 0 to 1";
        }

        if (!(Nms is >= 0.01f and <= 1))
        {
            return "nms must be from 0.01 to 1";
        }

        if (MaxDetections is < 1 or > MostDetections)
        {
            return $"max_detections must be from 1 to {MostDetections}";
        }

        if (!(Blur is >= 0 and <= 1))
        {
            return "blur must be from 0 to 1";
        }

        if (DetectEvery is < 1 or > MaxDetectEvery)
        {
            return $"detect_every must be from 1 to {MaxDetectEvery}";
        }

        if (MaskEvery is < 1 or > MaxMaskEvery)
        {
            return $"mask_every must be from 1 to {MaxMaskEvery}";
        }

        if (!(Trails is >= 0 and <= MaxTrailSeconds))
        {
            return $"trails must be from 0 to {MaxTrailSeconds} seconds";
        }

        if (ExactLimitMs is < 0 or > 1000)
        {
            return "the wait for exact alignment must be from 0 to 1000 ms";
        }

        return RegionsProblem();
    }

    private string? RegionsProblem()
    {
        if (Zones.Count + Lines.Count > MaxRegions)
        {
            return $"at most {MaxRegions} zones and lines in a room";
        }

        foreach (Zone zone in Zones)
        {
            if (zone.Corners.Count is < 3 or > MaxCorners || !zone.Corners.All(IsInside))
            {
                return $"zone \"{zone.Name}\" needs 3 to {MaxCorners} corners inside the picture";
            }
        }

        foreach (TripLine line in Lines)
        {
            if (!IsInside(line.A) || !IsInside(line.B) || line.A == line.B)
            {
                return $"line \"{line.Name}\" needs two different ends inside the picture";
            }
        }

        return null;
    }

    private static bool IsInside(PlaceF place) => place.X is >= 0 and <= 1 && place.Y is >= 0 and <= 1;
}
