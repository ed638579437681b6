using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rtc.Signaling.Messages;

/// <summary>Every wire message's serializer, made at build time: snake_case, nulls written only where the contract names them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    PropertyNameCaseInsensitive = false,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinReply))]
[JsonSerializable(typeof(OfferRequest))]
[JsonSerializable(typeof(OfferReply))]
[JsonSerializable(typeof(CandidateRequest))]
[JsonSerializable(typeof(SelectRequest))]
[JsonSerializable(typeof(SettingsMessage))]
[JsonSerializable(typeof(JobFollowRequest))]
[JsonSerializable(typeof(DetectionsMessage))]
[JsonSerializable(typeof(StatsMessage))]
[JsonSerializable(typeof(NoticeMessage))]
[JsonSerializable(typeof(PeersMessage))]
[JsonSerializable(typeof(PongMessage))]
[JsonSerializable(typeof(RedirectMessage))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(object))]
public sealed partial class WireJson : JsonSerializerContext;
