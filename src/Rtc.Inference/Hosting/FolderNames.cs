using System.Text.RegularExpressions;

namespace Rtc.Inference.Hosting;

/// <summary>Leaves out of messages where files lie, for what is read on other machines: a file's own name stays.</summary>
internal sealed partial class FolderNames(ModelHostOptions options, IEnumerable<string?> given)
{
    private readonly bool _isAtWork = options.HidesFolders;

    private readonly string[] _known =
    [
        .. given.OfType<string>().Select(path => Path.GetDirectoryName(path)).Append(Path.GetFullPath(options.Directory))
            .OfType<string>().Where(folder => Path.IsPathRooted(folder) && folder.Length > 1).Distinct()
            .OrderByDescending(folder => folder.Length),
    ];

    public string? Hide(string? message)
    {
        if (message is null || !_isAtWork)
        {
            return message;
        }

        foreach (string folder in _known)
        {
            message = message.Replace(folder + Path.DirectorySeparatorChar, string.Empty, StringComparison.Ordinal)
                .Replace(folder, "the folder of models", StringComparison.Ordinal);
        }

        // Most messages have no path left: a server that has no others never loads what expressions need.
        return message.AsSpan().ContainsAny('/', '\\') ? WithoutPaths(message) : message;
    }

    private static string WithoutPaths(string message) => AnyPath().Replace(message, "$1");

    /// <summary>A path from a root, of two parts or more; addresses have a slash or a colon before theirs.</summary>
    [GeneratedRegex(@"(?<![\w.:/\\-])(?:[A-Za-z]:)?[/\\](?:[\w.+@~ -]+[/\\])+([\w.+@~-]+)")]
    private static partial Regex AnyPath();
}
