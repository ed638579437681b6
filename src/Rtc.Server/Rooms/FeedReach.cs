namespace Rtc.Server.Rooms;

/// <summary>
/// Nodes that answer and of which no copy arrives, as where a firewall between them lets questions pass and media not. Viewers of their
/// rooms are sent to them for a minute, and then it is tried again. Belongs to the media loop.
/// </summary>
internal sealed partial class FeedReach(ILogger log)
{
    /// <summary>One may fail on a busy machine.</summary>
    private const int MaxFailures = 2;

    private static readonly TimeSpan s_again = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (int Failures, Instant At)> _failed = [];

    public bool IsOut(string node, Instant now) =>
        _failed.TryGetValue(node, out (int Failures, Instant At) last) && last.Failures >= MaxFailures && now - last.At < s_again;

    public void Connected(string node) => _failed.Remove(node);

    public void Failed(string node, Instant now)
    {
        bool wasOut = IsOut(node, now);
        int before = _failed.TryGetValue(node, out (int Failures, Instant At) last) && now - last.At < s_again ? last.Failures : 0;
        _failed[node] = (before + 1, now);
        if (!wasOut && IsOut(node, now))
        {
            LogOutOfReach(log, node);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "No copy of a room arrives from node {Node}, which answers: viewers are sent to it. Is UDP open between the nodes?")]
    private static partial void LogOutOfReach(ILogger log, string node);
}
