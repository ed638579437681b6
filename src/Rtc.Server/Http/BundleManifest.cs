using System.Text.Json;

namespace Rtc.Server.Http;

/// <summary>What deploy/bundle.mjs wrote of its work: of which files it was made, and what a page loads in place of its modules.</summary>
/// <param name="Sources">The hash of the scripts and styles.</param>
/// <param name="Pages">By the page's script, such as /js/pages/view.js.</param>
/// <param name="Words">Files of words by language and name, such as de/common.</param>
internal sealed record BundleManifest(
    string Sources, IReadOnlyDictionary<string, BundledPage> Pages, IReadOnlyDictionary<string, string> Words)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>Null where it is none.</summary>
    public static BundleManifest? Read(Stream json)
    {
        try
        {
            return JsonSerializer.Deserialize<BundleManifest>(json, s_json) is { Sources: not null, Pages: not null, Words: not null } read
                ? read
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What one page loads.</summary>
/// <param name="Script">In place of its own.</param>
/// <param name="Chunks">What that imports.</param>
/// <param name="Styles">Those that its HTML named.</param>
/// <param name="Style">In place of these.</param>
internal sealed record BundledPage(string Script, IReadOnlyList<string> Chunks, IReadOnlyList<string> Styles, string Style);
