using Rtc.Media;

namespace Rtc.Pipeline.Remote;

/// <summary>What a member of the room found in one picture by itself; checked by whoever hands it in.</summary>
public sealed record RemoteDetections
{
    /// <summary>Of the picture, as its camera stamped it; a camera that only knows it nearly is believed to within 20 ms.</summary>
    public required uint RtpTimestamp { get; init; }

    /// <summary>Another number where another member detects: its ids are its own.</summary>
    public int Finder { get; init; }

    public required string Model { get; init; }

    public required string Provider { get; init; }

    public required IReadOnlyList<RemoteObject> Objects { get; init; }

    public RemoteMask? Mask { get; init; }

    public double QueueTime { get; init; }

    public double DetectTime { get; init; }

    public double TrackTime { get; init; }

    public double MaskTime { get; init; }
}

/// <summary>One object under the id that its finder follows it by. The box is in fractions of the upright picture.</summary>
public readonly record struct RemoteObject(int Id, string Label, float Score, RectF Box, bool Predicted);

/// <summary>An object's mask over the whole picture, run by run, row by row, zeros first.</summary>
public sealed record RemoteMask(int Id, int Width, int Height, IReadOnlyList<int> Runs);

/// <summary>What became of remote detections.</summary>
public enum RemoteVerdict
{
    Accepted,

    /// <summary>The room is private: only its own detector may say who is in a picture.</summary>
    Private,

    /// <summary>No such picture came within the last two seconds.</summary>
    UnknownPicture,

    /// <summary>One of the same picture or a later one came before.</summary>
    Late,

    /// <summary>The room has heard of too many different classes.</summary>
    TooManyLabels,
}
