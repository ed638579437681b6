namespace Rtc.Architecture.Tests;

/// <summary>
/// A project's folders from the lowest to the highest: each may use those before it. A line may name several folders that
/// don't use each other. An order without an arrow upward has no cycle.
/// </summary>
internal sealed class FolderOrder(string project, params string[] lines)
{
    private readonly string[][] _levels =
        [.. lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => Full(project, name)).ToArray())];

    public string Project => project;

    public IEnumerable<string> Violations(IReadOnlyList<FolderArrow> arrows, IEnumerable<string> folders)
    {
        foreach (string folder in folders.Except(_levels.SelectMany(level => level)))
        {
            yield return $"{folder} stands in no line of the table";
        }

        foreach (FolderArrow arrow in arrows)
        {
            int from = Level(arrow.From);
            int to = Level(arrow.To);
            if (from >= 0 && to >= from)
            {
                yield return $"{arrow.From} must not use {arrow.To}: {arrow.Example}";
            }
        }
    }

    private int Level(string folder) => Array.FindIndex(_levels, level => level.Contains(folder));

    private static string Full(string project, string folder) => folder == "." ? project : $"{project}.{folder}";
}
