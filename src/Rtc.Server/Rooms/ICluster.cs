namespace Rtc.Server.Rooms;

/// <summary>The nodes that this server is one of, as the API asks for them. Not there where it serves alone.</summary>
internal interface ICluster
{
    ClusterView View();

    /// <summary>A room that another node has; null where none has it, or it doesn't answer.</summary>
    Task<RoomSnapshot?> FindRoomAsync(string room);

    /// <summary>The rooms of all other nodes that answer, as they were within the last second.</summary>
    Task<IReadOnlyList<RoomSnapshot>> RoomsAsync();

    /// <summary>False where there is no such node, or it doesn't answer.</summary>
    Task<bool> DrainAsync(string nodeId);
}

/// <summary>Ends the server in order.</summary>
internal interface IDrain
{
    /// <summary>Returns at once.</summary>
    void Begin();
}

/// <summary>As /api/cluster shows it.</summary>
public sealed record ClusterView(string NodeId, IReadOnlyList<ClusterNodeView> Nodes);

/// <summary>One node of it.</summary>
public sealed record ClusterNodeView(
    string NodeId, string PublicUrl, int Rooms, int Copies, int Peers, double Load, double FreeCores, string Model, bool Draining,
    string Version);
