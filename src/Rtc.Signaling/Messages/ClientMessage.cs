using System.Text.Json;

namespace Rtc.Signaling.Messages;

public enum ClientMessageKind
{
    Unknown,
    Select,
    Release,
    Configure,
    Ping,
    Detections,
    Handover,
}

/// <summary>What came in over a data channel. Unknown types and fields are ignored; a bad value is a reason, never an exception.</summary>
public readonly record struct ClientMessage(ClientMessageKind Kind, SelectRequest? Select, SettingsMessage? Settings, double? PingId)
{
    /// <summary>What the client found by itself.</summary>
    public ReportedDetections? Detections { get; init; }

    public static bool TryParse(ReadOnlySpan<byte> utf8, out ClientMessage message, out string? problem)
    {
        message = default;
        try
        {
            var reader = new Utf8JsonReader(utf8);
            JsonElement root = JsonElement.ParseValue(ref reader);
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("type", out JsonElement type)
                || type.ValueKind != JsonValueKind.String)
            {
                problem = "A message is a JSON object with a \"type\".";
                return false;
            }

            double? ping = null;
            if (root.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.Number)
            {
                // 1e999 is a number in JSON and infinite here, and what is infinite can't be sent back.
                ping = id.TryGetDouble(out double number) && double.IsFinite(number)
                    ? number
                    : throw new JsonException("too large", "$.id", null, null);
            }

            problem = null;
            message = type.GetString() switch
            {
                "detections" => ReportedDetections.TryRead(root, out ReportedDetections? report, out problem)
                    ? new() { Kind = ClientMessageKind.Detections, Detections = report }
                    : default,
                "handover" => new(ClientMessageKind.Handover, null, null, null),
                "select" => new(ClientMessageKind.Select, root.Deserialize(WireJson.Default.SelectRequest), null, null),
                "release" => new(ClientMessageKind.Release, null, null, null),
                "configure" => new(ClientMessageKind.Configure, null, root.Deserialize(WireJson.Default.SettingsMessage), null),
                "ping" => new(ClientMessageKind.Ping, null, null, ping),
                _ => default,
            };
            return problem is null;
        }
        catch (JsonException error)
        {
            problem = error.Path is { Length: > 2 and < 64 } path
                ? $"The value of {path[2..]} is not of the kind that belongs there."
                : "That is not JSON.";
            return false;
        }
        catch (InvalidOperationException)
        {
            // A string that is no text: half of a surrogate pair, or bytes that are no UTF-8.
            problem = "A string holds what is no text.";
            return false;
        }
    }
}
