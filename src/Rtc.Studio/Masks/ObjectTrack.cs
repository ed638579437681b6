using Rtc.Studio.Clips;

namespace Rtc.Studio.Masks;

/// <summary>One object through a clip: its mask in each picture, empty where it is hidden or outside.</summary>
/// <param name="Masks">One for each picture.</param>
/// <param name="Found">False where nothing was at the place that was pointed at.</param>
/// <param name="Redone">Stretches that running backwards showed to have drifted, and that were followed again by motion alone.</param>
internal sealed record ObjectTrack(MaskRuns[] Masks, bool Found, int Redone);
