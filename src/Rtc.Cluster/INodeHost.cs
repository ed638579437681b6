using Rtc.Cluster.Nodes;

namespace Rtc.Cluster;

/// <summary>What a node of the cluster needs of the server that it is part of. Called from any thread.</summary>
public interface INodeHost
{
    /// <summary>The node as it is now; id, incarnation and silo are filled in by the caller.</summary>
    NodeReport Report();

    /// <summary>Another node asks this one to drain.</summary>
    Task DrainAsync();

    /// <summary>Null where there is no answer.</summary>
    Task<string?> AnswerAsync(NodeQuestion question);
}
