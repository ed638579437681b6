using System.Text.Json;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// What another node of the cluster begins a room with when this one is gone: settings, who made it private, objects with their ids and
/// what is in focus. Written once a second, as JSON.
/// </summary>
internal sealed record RoomHandover
{
    private const int MaxBytes = 64 * 1024;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        IgnoreReadOnlyProperties = true,
    };

    public SettingsMessage Settings { get; init; } = new();

    /// <summary>The role of the member that made it private, and the hash of that one's token; null where nobody did.</summary>
    public Role? PrivateBy { get; init; }

    public byte[]? PrivateToken { get; init; }

    public SceneSnapshot? Scene { get; init; }

    public static RoomHandover Of(Room room)
    {
        RoomStart start = room.Privacy.Start;
        return new RoomHandover
        {
            Settings = SettingsMapping.ToMessage(start.Settings),
            PrivateBy = room.IsPrivate ? start.SetBy?.Role : null,
            PrivateToken = room.IsPrivate ? start.SetBy?.TokenHash : null,
            Scene = room.IsPrivate ? null : room.Pipeline.Snapshot,
        };
    }

    public bool IsPrivate => Settings.Mode == SettingsMapping.NameOf(ViewMode.Privacy);

    /// <summary>The same of a room that is known to be private by now, which was written before that.</summary>
    public RoomHandover AsPrivate() => IsPrivate ? this : this with
    {
        Settings = Settings with { Mode = SettingsMapping.NameOf(ViewMode.Privacy) },
        Scene = null,
    };

    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Null where there is none. What cannot be read may have been private, and begins so.</summary>
    public static RoomHandover? Read(string? json)
    {
        if (json is null)
        {
            return null;
        }

        try
        {
            if (json.Length <= MaxBytes && JsonSerializer.Deserialize<RoomHandover>(json, s_json) is { Settings: not null } read)
            {
                return read;
            }
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            // Another version wrote it.
        }

        return new RoomHandover().AsPrivate();
    }

    /// <summary>Before anybody is in the room, or as it is no other node's any more.</summary>
    public void Begin(Room room)
    {
        RoomSettings before = room.Pipeline.Settings;
        RoomSettings settings = SettingsMapping.Apply(before, Settings).Value
            ?? (IsPrivate ? before with { Mode = ViewMode.Privacy } : before);
        RoomMember? setBy = PrivateBy is { } role
            ? new RoomMember(PeerId.Create(), role, RoomView.Annotated, string.Empty, string.Empty)
            {
                TokenHash = PrivateToken,
                Messages = new MessageRate(1),
            }
            : null;
        room.Privacy.Begin(new RoomStart(settings, setBy));
        if (Scene is { } scene)
        {
            room.Pipeline.Resume(scene);
        }
    }
}
