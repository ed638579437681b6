using System.Runtime.CompilerServices;

namespace Rtc.Architecture.Tests;

/// <summary>The files that the rules are about, as they lie in the working tree.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static IReadOnlyList<string> Projects { get; } =
    [
        .. Directory.EnumerateDirectories(Path.Combine(Root, "src")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)
    ];

    /// <summary>Source of all projects of tests.</summary>
    public static IEnumerable<SourceFile> Tests => Sources("tests", string.Empty);

    /// <summary>Source of a project, without what the build made.</summary>
    public static IEnumerable<SourceFile> Sources(string project) => Sources("src", project);

    private static IEnumerable<SourceFile> Sources(string root, string project) =>
        Directory.EnumerateFiles(Path.Combine(Root, root, project), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Path.Combine(Root, root), path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(path, File.ReadAllText(Path.Combine(Root, root, path))));

    public static string ProjectFile(string project) => File.ReadAllText(Path.Combine(Root, "src", project, project + ".csproj"));

    private static string Find([CallerFilePath] string path = "")
    {
        DirectoryInfo? folder = File.Exists(path) ? new FileInfo(path).Directory : new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Rtc.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("no Rtc.sln above the tests");
    }
}
