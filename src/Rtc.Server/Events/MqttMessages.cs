using System.Text.Json;
using System.Text.Json.Nodes;
using Rtc.Server.Options;
using Rtc.Server.Rules;
using Rtc.Signaling;
using Rtc.Store.Events;

namespace Rtc.Server.Events;

/// <summary>What a broker is told, and under which topics.</summary>
internal sealed class MqttMessages(MqttOptions options)
{
    public const string Online = "online";
    public const string Offline = "offline";

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public string Status => $"{options.Topic}/status";

    public string TopicOf(string room, string rule) => $"{options.Topic}/{room}/{rule}";

    /// <summary>As the API tells it, with the kind once more as Home Assistant reads it.</summary>
    public static byte[] Event(StoredEvent happened)
    {
        JsonObject message = JsonSerializer.SerializeToNode(EventView.Of(happened), s_json)!.AsObject();
        message["event_type"] = happened.Kind;
        return JsonSerializer.SerializeToUtf8Bytes(message);
    }

    /// <summary>By which Home Assistant finds a rule; each room is a device there. Null where none is announced.</summary>
    public (string Topic, byte[] Message)? Announce(RoomName room, RoomRule rule)
    {
        if (options.Discovery.Length == 0)
        {
            return null;
        }

        string device = IdOf(room.ToString());
        var message = new JsonObject
        {
            ["name"] = rule.Rule.Name,
            ["unique_id"] = $"rtc_{device}_{IdOf(rule.Rule.Id)}",
            ["state_topic"] = TopicOf(room.ToString(), rule.Rule.Id),
            ["event_types"] = new JsonArray(RuleReading.NameOf(rule.Rule.Kind)),
            ["availability_topic"] = Status,
            ["payload_available"] = Online,
            ["payload_not_available"] = Offline,
            ["device"] = new JsonObject
            {
                ["identifiers"] = new JsonArray($"rtc_{device}"),
                ["name"] = $"Rtc {room}",
                ["manufacturer"] = "Rtc",
            },
        };
        return (TopicOfAnnouncement(room, rule.Rule.Id), JsonSerializer.SerializeToUtf8Bytes(message));
    }

    /// <summary>An empty message under it takes the rule back.</summary>
    public string TopicOfAnnouncement(RoomName room, string rule) =>
        $"{options.Discovery}/event/rtc_{IdOf(room.ToString())}/{IdOf(rule)}/config";

    /// <summary>A name has letters, digits and three signs, of which Home Assistant takes two.</summary>
    private static string IdOf(string name) => name.Replace('.', '_');
}
