using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Rtc.Client;

/// <summary>What goes over the wire, made at build time: snake_case, and what is null is not written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DetectionsMessage))]
[JsonSerializable(typeof(StatsMessage))]
[JsonSerializable(typeof(NoticeMessage))]
[JsonSerializable(typeof(PeersMessage))]
[JsonSerializable(typeof(RoomSettings))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(List<RoomStatus>))]
[JsonSerializable(typeof(RoomStatus))]
[JsonSerializable(typeof(EventPage))]
[JsonSerializable(typeof(RoomEvent))]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(JobAccepted))]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(JobPage))]
[JsonSerializable(typeof(Video))]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(UserKey))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(JoinToken))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ClientJson : JsonSerializerContext;
