namespace Rtc.Signaling;

/// <summary>Another node of the cluster, as a client is sent to it.</summary>
/// <param name="NodeId">Which one.</param>
/// <param name="Url">How clients reach it; several nodes may share one address.</param>
/// <param name="Hint">Signed by the cluster: goes into the address as "node", for a balancer to read and the node to check.</param>
public sealed record NodePlace(string NodeId, Uri Url, string Hint)
{
    /// <summary>The query parameter that carries the hint.</summary>
    public const string Parameter = "node";

    /// <summary>A path at that node, with whatever else the request had in its query.</summary>
    public Uri At(string path, IEnumerable<KeyValuePair<string, string?>>? query = null)
    {
        IEnumerable<string> kept = (query ?? [])
            .Where(pair => pair.Key != Parameter)
            .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value ?? string.Empty)}");
        return new Uri(Url, path.TrimStart('/') + "?" + string.Join('&', kept.Append($"{Parameter}={Uri.EscapeDataString(Hint)}")));
    }
}
