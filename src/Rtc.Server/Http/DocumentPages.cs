using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;
using Rtc.Server.Docs;

namespace Rtc.Server.Http;

/// <summary>
/// The documents as pages under /docs: a list with a search, and each document with its headings. The Markdown itself stays at its own
/// address, which ends in .md. Pages need no script.
/// </summary>
/// <param name="shelf">The documents.</param>
/// <param name="template">The page around them, docs.html of the pages' folder.</param>
internal sealed partial class DocumentPages(DocumentShelf shelf, Func<string> template)
{
    private const string Root = DocumentShelf.Root;
    private const string Raw = Root + ".html";
    private const int MaxTocLevel = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Path, string Encoding), byte[]> _packed = [];
    private long _packedOf = -1;

    public Task TryServeAsync(HttpContext context, RequestDelegate next)
    {
        HttpRequest request = context.Request;
        string path = request.Path.Value ?? string.Empty;
        if ((!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) || !path.StartsWith(Root, StringComparison.Ordinal))
        {
            return next(context);
        }

        if (path is Raw or Root + "/")
        {
            context.Response.Redirect(Root);
            return Task.CompletedTask;
        }

        if (path == Root)
        {
            string query = request.Query["q"].ToString();
            return query.Trim().Length == 0 ? ServeAsync(context, string.Empty, Index) : SearchAsync(context, query.Trim());
        }

        if (path.Length <= Root.Length + 1 || path[Root.Length] != '/')
        {
            return next(context);
        }

        if (shelf.Find(path[(Root.Length + 1)..]) is { } document)
        {
            return ServeAsync(context, document.Path, () => Page(document));
        }

        // A folder leads to its first page.
        string first = path.TrimEnd('/') + "/README";
        if (shelf.Find(first[(Root.Length + 1)..]) is null)
        {
            return next(context);
        }

        context.Response.Redirect(first);
        return Task.CompletedTask;
    }

    /// <summary>Compressed once and kept until a document changes; nothing of a request is in it.</summary>
    private Task ServeAsync(HttpContext context, string path, Func<string> make)
    {
        string encoding = CompressedFiles.EncodingOf(context.Request.Headers.AcceptEncoding) ?? string.Empty;
        long stamp = shelf.Stamp;
        byte[]? bytes;
        lock (_gate)
        {
            if (_packedOf != stamp)
            {
                _packed.Clear();
                _packedOf = stamp;
            }

            if (!_packed.TryGetValue((path, encoding), out bytes))
            {
                _packed[(path, encoding)] = bytes = Pack(Encoding.UTF8.GetBytes(make()), encoding);
            }
        }

        IHeaderDictionary headers = context.Response.Headers;
        if (encoding.Length > 0)
        {
            headers.ContentEncoding = encoding;
        }

        headers.Vary = HeaderNames.AcceptEncoding;
        headers.CacheControl = CompressedFiles.CacheControl;
        string tag = string.Create(CultureInfo.InvariantCulture, $"\"{stamp:x}-{bytes.Length:x}-{encoding}\"");
        return Results.Bytes(bytes, "text/html; charset=utf-8", entityTag: new EntityTagHeaderValue(tag)).ExecuteAsync(context);
    }

    private Task SearchAsync(HttpContext context, string query)
    {
        string[] words = DocumentSearch.Words(query);
        IReadOnlyList<DocumentHit> hits = DocumentSearch.Find(shelf.All, words);
        context.Response.Headers.CacheControl = "no-store";
        string shown = WebUtility.HtmlEncode(string.Join(' ', words));
        var body = new StringBuilder($"<h1>Found for “{shown}”</h1>\n");
        body.Append(hits.Count == 0 ? "<p>No section has all of these words.</p>\n" : "<ol class=\"hits\">\n");
        foreach (DocumentHit hit in hits)
        {
            string at = WebUtility.HtmlEncode($"{Root}/{hit.Document.Path}#{hit.Heading.Anchor}");
            string where = hit.Heading.Text == hit.Document.Title ? hit.Document.Title : $"{hit.Document.Title}: {hit.Heading.Text}";
            body.Append(CultureInfo.InvariantCulture,
                $"<li><a href=\"{at}\">{WebUtility.HtmlEncode(where)}</a><p>{DocumentSearch.Marked(hit.Excerpt, words)}</p></li>\n");
        }

        body.Append(hits.Count == 0 ? string.Empty : "</ol>\n");
        string page = Fill("Search", body.ToString(), null, shown);
        return Results.Text(page, "text/html", Encoding.UTF8).ExecuteAsync(context);
    }

    private string Index()
    {
        var body = new StringBuilder("<h1>Documents</h1>\n");
        foreach (IGrouping<string, Document> group in shelf.All.GroupBy(DocumentShelf.GroupOf))
        {
            body.Append(CultureInfo.InvariantCulture, $"<h2>{WebUtility.HtmlEncode(NameOf(group.Key))}</h2>\n<ul class=\"index\">\n");
            foreach (Document document in group)
            {
                string lead = WebUtility.HtmlEncode(Short(document.Lead));
                body.Append(CultureInfo.InvariantCulture,
                    $"<li><a href=\"{Link(document)}\">{WebUtility.HtmlEncode(document.Title)}</a><p>{lead}</p></li>\n");
            }

            body.Append("</ul>\n");
        }

        return Fill("Documents", body.ToString(), null, string.Empty);
    }

    private string Page(Document document) => Fill(
        document.Title, $"{document.Html}<p class=\"source\"><a href=\"{Link(document)}.md\">This page as Markdown</a></p>\n", document,
        string.Empty);

    /// <summary>In one go, so that nothing that is filled in is filled again.</summary>
    private string Fill(string title, string body, Document? document, string query) => Place().Replace(
        template(), place => place.Groups[1].Value switch
        {
            "title" => WebUtility.HtmlEncode(title),
            "query" => query,
            "contents" => Contents(document),
            _ => body,
        });

    [GeneratedRegex(@"\{\{(title|query|contents|body)}}")]
    private static partial Regex Place();

    /// <summary>All documents, and below the one that is open its headings.</summary>
    private string Contents(Document? open)
    {
        var list = new StringBuilder();
        foreach (IGrouping<string, Document> group in shelf.All.GroupBy(DocumentShelf.GroupOf))
        {
            list.Append(CultureInfo.InvariantCulture, $"<p>{WebUtility.HtmlEncode(NameOf(group.Key))}</p>\n<ul>\n");
            foreach (Document document in group)
            {
                bool isOpen = document.Path == open?.Path;
                string mark = isOpen ? " aria-current=\"page\"" : string.Empty;
                list.Append(CultureInfo.InvariantCulture,
                    $"<li><a href=\"{Link(document)}\"{mark}>{WebUtility.HtmlEncode(document.Title)}</a>");
                if (isOpen)
                {
                    list.Append("\n<ul>");
                    foreach (DocumentHeading heading in document.Headings.Where(one => one.Level is > 1 and <= MaxTocLevel))
                    {
                        (string anchor, string words) = (WebUtility.HtmlEncode(heading.Anchor), WebUtility.HtmlEncode(heading.Text));
                        list.Append(CultureInfo.InvariantCulture,
                            $"<li class=\"level-{heading.Level}\"><a href=\"#{anchor}\">{words}</a></li>");
                    }

                    list.Append("</ul>\n");
                }

                list.Append("</li>\n");
            }

            list.Append("</ul>\n");
        }

        return list.ToString();
    }

    private static string Link(Document document) => WebUtility.HtmlEncode($"{Root}/{document.Path}");

    private static string NameOf(string group) =>
        group.Length == 0 ? "Documents" : char.ToUpperInvariant(group[0]) + group[1..].Replace('-', ' ');

    private static string Short(string lead)
    {
        const int longest = 180;
        return lead.Length <= longest ? lead : lead[..lead.LastIndexOf(' ', longest)] + " …";
    }

    private static byte[] Pack(byte[] page, string encoding)
    {
        if (encoding.Length == 0)
        {
            return page;
        }

        using var target = new MemoryStream();
        using (Stream packer = CompressedFiles.Packer(encoding, target))
        {
            packer.Write(page);
        }

        return target.ToArray();
    }
}
