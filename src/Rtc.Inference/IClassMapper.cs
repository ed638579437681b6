using System.Diagnostics.CodeAnalysis;
using Rtc.Media;

namespace Rtc.Inference;

/// <summary>
/// One room's or socket's handle on whatever says of each place of a picture what it belongs to: a semantic model, or
/// motion with no model at all. Called by one thread at a time.
/// </summary>
public interface IClassMapper : IDisposable
{
    /// <summary>Name as in the catalogue or of the file; "motion" for the one without weights.</summary>
    string Model { get; }

    string Provider { get; }

    /// <summary>By class number.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>Milliseconds that the last picture waited for its turn at the model.</summary>
    double WaitTime { get; }

    /// <summary>Milliseconds that the model itself took for the last picture.</summary>
    double RunTime { get; }

    /// <summary>The class of every place in the picture; the map is kept and written anew each time.</summary>
    /// <param name="picture">Stays the caller's.</param>
    /// <param name="inputScale">Below 1 the model sees a smaller picture, where its size is free.</param>
    /// <param name="map">What was found.</param>
    /// <param name="problem">Why there is no map.</param>
    bool TryMap(Picture picture, float inputScale, out ClassMap map, out string? problem);

    /// <summary>The same; a model that throws has failed like one that says so.</summary>
    /// <inheritdoc cref="TryMap"/>
    sealed bool TryMapOrFail(Picture picture, float inputScale, [NotNullWhen(true)] out ClassMap? map, out string? problem)
    {
        try
        {
            return TryMap(picture, inputScale, out map, out problem);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            (map, problem) = (null, error.Message);
            return false;
        }
    }
}
