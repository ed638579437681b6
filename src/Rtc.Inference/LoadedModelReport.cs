namespace Rtc.Inference;

/// <summary>A loaded model as health and metrics show it; times in milliseconds.</summary>
/// <param name="Name">As rooms know it.</param>
/// <param name="Task">detect, mask or segment.</param>
/// <param name="Provider">What runs it.</param>
/// <param name="Problem">Why a better provider, or a newer file, is not at work.</param>
/// <param name="Handles">Rooms that hold it.</param>
/// <param name="WeightBytes">Size of its file.</param>
/// <param name="SharedBytes">Memory for runs of several pictures.</param>
/// <param name="FirstRun">The first run, which compiles and allocates.</param>
/// <param name="WarmRun">The run after it.</param>
/// <param name="Runs">Since it was loaded.</param>
/// <param name="Images">Pictures in those runs.</param>
public sealed record LoadedModelReport(
    string Name, string Task, string Provider, string? Problem, int Handles, long WeightBytes, long SharedBytes, double FirstRun,
    double WarmRun, long Runs, long Images);
