using System.Collections.Frozen;

namespace Rtc.Server.Docs;

/// <summary>One document of the site, as it was read.</summary>
/// <param name="Path">Below /docs, without its extension.</param>
/// <param name="Title">Its first heading.</param>
/// <param name="Lead">What stands below that, as plain text.</param>
/// <param name="Html">All of it.</param>
/// <param name="Headings">In order.</param>
/// <param name="Sections">For the search.</param>
internal sealed record Document(
    string Path, string Title, string Lead, string Html, IReadOnlyList<DocumentHeading> Headings, IReadOnlyList<DocumentSection> Sections);

/// <summary>What stands below one heading, as plain text.</summary>
internal sealed record DocumentSection(DocumentHeading Heading, string Text);

/// <summary>
/// The documents of a folder, read when one is asked for and again when a file changed. A request names what is on the list; no path of
/// its own ever reaches the disk. Any thread may call it.
/// </summary>
internal sealed class DocumentShelf(string folder)
{
    /// <summary>Where the site begins.</summary>
    public const string Root = "/docs";

    private const string Extension = ".md";
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private FrozenDictionary<string, Document> _documents = FrozenDictionary<string, Document>.Empty;
    private long _stamp = -1;
    private long _lookedAt;

    /// <summary>By path, in the order in which they are listed.</summary>
    public IReadOnlyList<Document> All => [.. Read().Values.OrderBy(Rank).ThenBy(document => document.Path, StringComparer.Ordinal)];

    /// <summary>Changes when a document does.</summary>
    public long Stamp
    {
        get
        {
            Read();
            return Volatile.Read(ref _stamp);
        }
    }

    public Document? Find(string path) => Read().GetValueOrDefault(path);

    /// <summary>Documents first, then recipes, then decisions; the overview of a folder before what it lists.</summary>
    public static string GroupOf(Document document) => document.Path.Split('/') is [var group, _] ? group : string.Empty;

    private static int Rank(Document document) =>
        GroupOf(document) switch { "" => 0, "recipes" => 2, _ => 4 } + (document.Path.EndsWith("README", StringComparison.Ordinal) ? 0 : 1);

    private FrozenDictionary<string, Document> Read()
    {
        lock (_gate)
        {
            if (_stamp >= 0 && Environment.TickCount64 - _lookedAt < s_fresh.TotalMilliseconds)
            {
                return _documents;
            }

            _lookedAt = Environment.TickCount64;
            FileInfo[] files =
            [
                .. new DirectoryInfo(folder).EnumerateFiles("*" + Extension, SearchOption.AllDirectories)
                    .OrderBy(file => file.FullName, StringComparer.Ordinal)
            ];
            long stamp = files.Aggregate(17L, (sum, file) =>
                ((sum * 31) + file.LastWriteTimeUtc.Ticks + file.Length) & long.MaxValue);
            if (stamp != _stamp)
            {
                FrozenSet<string> names = files.Select(NameOf).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
                _documents = files.Select(file => Parse(NameOf(file), File.ReadAllText(file.FullName), names))
                    .ToFrozenDictionary(document => document.Path, StringComparer.OrdinalIgnoreCase);
                Volatile.Write(ref _stamp, stamp);
            }

            return _documents;
        }
    }

    private string NameOf(FileInfo file) =>
        Path.GetRelativePath(folder, file.FullName)[..^Extension.Length].Replace(Path.DirectorySeparatorChar, '/');

    private static Document Parse(string path, string text, FrozenSet<string> names)
    {
        (string html, IReadOnlyList<DocumentHeading> headings) = MarkdownHtml.Of(text, target => LinkOf(path, target, names));
        IReadOnlyList<DocumentSection> sections = DocumentSearch.Sections(text, headings);
        string title = headings.Count > 0 ? headings[0].Text : path;
        string lead = sections.Count == 0 ? string.Empty : sections[0].Text.Split('\n')[0];
        return new Document(path, title, lead, html, headings, sections);
    }

    /// <summary>A link between documents, or to a picture beside them; null for what is not on the site.</summary>
    internal static string? LinkOf(string from, string target, FrozenSet<string> names)
    {
        string[] parts = target.Split('#', 2);
        Uri site = new("http://docs/");
        if (!Uri.TryCreate(new Uri(site, from), parts[0], out Uri? to) || to.Host != site.Host)
        {
            return null;
        }

        string path = Uri.UnescapeDataString(to.AbsolutePath.TrimStart('/'));

        // ".." beyond the root is lost in an address: such a link leads to a file beside the documents.
        if (Depth(from, parts[0]) < 0)
        {
            return null;
        }

        string anchor = parts.Length == 2 ? "#" + parts[1] : string.Empty;
        return path.EndsWith(Extension, StringComparison.Ordinal)
            ? names.TryGetValue(path[..^Extension.Length], out string? known) ? $"{Root}/{known}{anchor}" : null
            : IsPicture(path) ? $"{Root}/{path}"
            : null;
    }

    private static bool IsPicture(string path) => Path.GetExtension(path) is ".svg" or ".png" or ".jpg";

    /// <summary>How deep below the root a link ends on its way; negative where it leaves that.</summary>
    private static int Depth(string from, string target)
    {
        int depth = from.Count(letter => letter == '/');
        int least = depth;
        foreach (string step in target.Split('/'))
        {
            depth += step switch { ".." => -1, "." or "" => 0, _ => 1 };
            least = Math.Min(least, depth);
        }

        return least;
    }
}
