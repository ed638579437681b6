using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rtc.Server.Options;

/// <summary>Whether this server is one node of many, and how it is reached as such.</summary>
public sealed record ClusterOptions
{
    /// <summary>In place of a connection string: nodes of this machine alone.</summary>
    internal const string Localhost = "localhost";

    [Description(
        "PostgreSQL of a cluster that this server joins, as Host=…;Database=…, or localhost for several servers of one machine without "
        + "one; empty serves alone")]
    [Secret]
    public string? Connection { get; init; }

    [Description("How clients reach this node, as https://node1.example.org/; nodes behind one balancer share an address")]
    public string? PublicUrl { get; init; }

    [Description("Name of this node, another one on each and the same over restarts; default the machine's name and Cluster:SiloPort")]
    public string? NodeId { get; init; }

    [Description("Address at which other nodes reach this one's silo; default the first private one of this machine")]
    public string? Address { get; init; }

    [Description("Port for other nodes; it belongs on a private network")]
    [Range(1, 65_535)]
    public int SiloPort { get; init; } = 11111;

    [Description("Port for Orleans' own clients, such as a dashboard of yours; 0 opens none")]
    [Range(0, 65_535)]
    public int GatewayPort { get; init; }

    [Description("With localhost: the Cluster:SiloPort of the server that was started first")]
    [Range(1, 65_535)]
    public int PrimarySiloPort { get; init; } = 11111;

    [Description("Whether viewers of another node's room are served here, from one copy of it, or sent to that node")]
    public bool Relay { get; init; } = true;

    [Description(
        "Whether this node has Orleans' dashboard at /cluster/, which asks for the API key; it shows the calls of nodes that have it")]
    public bool Dashboard { get; init; }

    [Description("Name of the cluster, where a database holds several")]
    public string Name { get; init; } = "rtc";
}
