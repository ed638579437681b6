using System.Reflection;

namespace Rtc.Architecture.Tests;

/// <summary>One folder's use of another, with the place that shows it.</summary>
internal sealed record FolderArrow(string From, string To, string Example);

/// <summary>
/// Which folders of a project use which: by what its compiled types refer to, and by the usings of its source. The compiler
/// writes a constant's value in place of its name, so code alone hides such a use; a using alone may hide a parent namespace's.
/// </summary>
internal static class FolderGraph
{
    public static IReadOnlyList<FolderArrow> Of(Assembly assembly, IEnumerable<SourceFile> sources)
    {
        Dictionary<(string, string), string> arrows = [];
        foreach (Type type in assembly.GetTypes().Where(type => Folder(type) is not null))
        {
            foreach (Type used in TypeReferences.Of(type).Where(used => used.Assembly == assembly))
            {
                if (Folder(used) is { } folder && folder != Folder(type))
                {
                    arrows.TryAdd((Folder(type)!, folder), $"{type.FullName} uses {used.FullName}");
                }
            }
        }

        SourceFile[] files = [.. sources];
        HashSet<string> folders = [.. files.Select(file => file.FolderNamespace)];
        foreach (SourceFile file in files)
        {
            foreach (string used in file.Usings)
            {
                // A static using or an alias goes on to a type.
                if (folders.Where(folder => (used + ".").StartsWith(folder + ".", StringComparison.Ordinal))
                    .MaxBy(folder => folder.Length) is { } to
                    && to != file.FolderNamespace)
                {
                    arrows.TryAdd((file.FolderNamespace, to), $"using {used} in {file.Path}");
                }
            }
        }

        return [.. arrows.Select(arrow => new FolderArrow(arrow.Key.Item1, arrow.Key.Item2, arrow.Value))];
    }

    /// <summary>The namespace of the outermost type; null for what the compiler and its generators made.</summary>
    private static string? Folder(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type.Namespace is { } name && name.StartsWith("Rtc.", StringComparison.Ordinal) ? name : null;
    }
}
