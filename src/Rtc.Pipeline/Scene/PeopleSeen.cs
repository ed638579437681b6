using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Scene;

/// <summary>
/// The people to blur, by the newest detection that was made for privacy, in room units and as of <see cref="Detected"/>.
/// Each loop has its own; it is copied under the scene's lock.
/// </summary>
internal sealed class PeopleSeen
{
    /// <summary>There was such a detection, of pictures of this shape.</summary>
    public bool Known { get; set; }

    /// <summary>Several detections in a row have looked.</summary>
    public bool IsSettled { get; set; }

    /// <summary>Whether the model tells people from other things.</summary>
    public bool KnowsPeople { get; set; }

    public PictureInfo Detected { get; set; }

    /// <summary>All that may be a person: detections however faint, tracks, and those that were lost a moment ago.</summary>
    public List<MovingBox> People { get; } = [];

    /// <summary>What is surely something else, and may move without being a person.</summary>
    public List<MovingBox> Others { get; } = [];

    public void CopyTo(PeopleSeen copy)
    {
        copy.Known = Known;
        copy.IsSettled = IsSettled;
        copy.KnowsPeople = KnowsPeople;
        copy.Detected = Detected;
        copy.People.Clear();
        copy.Others.Clear();
        copy.People.AddRange(People);
        copy.Others.AddRange(Others);
    }
}
