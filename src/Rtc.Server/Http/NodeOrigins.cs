namespace Rtc.Server.Http;

/// <summary>
/// The origins of the cluster's other nodes: their pages may use this one, since they are sent here. Empty outside of one.
/// </summary>
internal sealed class NodeOrigins
{
    private volatile HashSet<string> _origins = [];

    public bool Contains(string origin) => _origins.Contains(origin);

    /// <summary>From any thread; the next request sees it.</summary>
    public void Update(IEnumerable<string> urls) => _origins = new HashSet<string>(
        urls.Select(url => Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) ? uri.GetLeftPart(UriPartial.Authority) : string.Empty)
            .Where(origin => origin.Length > 0),
        StringComparer.OrdinalIgnoreCase);
}
