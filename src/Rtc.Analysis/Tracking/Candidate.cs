using Rtc.Media;

namespace Rtc.Analysis.Tracking;

/// <summary>A box that may belong to a track; with its place among what is reported of its frame, or −1 for a faint one.</summary>
internal readonly record struct Candidate(string Class, float Score, RectF Box, int Reported);

/// <summary>All boxes of one frame.</summary>
internal sealed record CandidateFrame(long Number, double Seconds, IReadOnlyList<Candidate> Candidates);

/// <summary>A track: which candidate of which frame, both by their place.</summary>
internal sealed record FoundTrack(IReadOnlyList<(int Frame, int Candidate)> Places);
