namespace Rtc.Pipeline.Settings;

/// <summary>A place in fractions of the upright picture.</summary>
public readonly record struct PlaceF(float X, float Y);

/// <summary>A named polygon: who is inside, how often it was entered, how long they stayed.</summary>
public sealed record Zone(string Name, IReadOnlyList<PlaceF> Corners)
{
    /// <summary>Two zones are the same where their corners are, whichever lists hold them.</summary>
    public bool Equals(Zone? other) => other is not null && Name == other.Name && Corners.SequenceEqual(other.Corners);

    public override int GetHashCode() => HashCode.Combine(Name, Corners.Count);
}

/// <summary>
/// A named line: who crosses it, in which direction. Forward is from left to right when looking from A to B.
/// </summary>
public sealed record TripLine(string Name, PlaceF A, PlaceF B);
