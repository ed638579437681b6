namespace Rtc.Cluster;

/// <summary>Neither the other nodes nor the database say who owns a room.</summary>
public sealed class ClusterUnavailableException(string message, Exception inner) : Exception(message, inner);
