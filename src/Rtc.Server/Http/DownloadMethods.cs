namespace Rtc.Server.Http;

/// <summary>
/// Methods of files, pictures and probes. Players, download managers and monitors ask for them by HEAD first, which is answered as GET
/// is but without the body (RFC 9110 section 9.3.2).
/// </summary>
internal static class DownloadMethods
{
    public static readonly string[] All = [HttpMethods.Get, HttpMethods.Head];
}
