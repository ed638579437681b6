using Rtc.Media;

namespace Rtc.Analysis.Tracking;

/// <summary>A box that may belong to a track; with its place among what is reported of its frame, or −1 for a faint one.</summary>
internal readonly record struct Candidate(string Class, float Score, RectF Box, int Reported);

/// <summary>
/// All boxes of one frame; how far the camera moved everything since the frame before, and the looks of the boxes one after another,
/// where somebody measured them.
/// </summary>
internal sealed record CandidateFrame(
    long Number, double Seconds, IReadOnlyList<Candidate> Candidates, double CameraX = 0, double CameraY = 0, byte[]? Looks = null);

/// <summary>A track: which candidate of which frame, both by their place.</summary>
internal sealed record FoundTrack(IReadOnlyList<(int Frame, int Candidate)> Places);
