namespace Rtc.Server.Rooms;

/// <summary>Pages about the cluster's insides, where this node has any.</summary>
internal interface IClusterPages
{
    /// <summary>False where they cannot be served just now.</summary>
    /// <param name="http">The request, which has been let in.</param>
    /// <param name="below">The address that all pages are below.</param>
    /// <param name="page">The page's own.</param>
    Task<bool> TryServeAsync(HttpContext http, PathString below, PathString page);
}
