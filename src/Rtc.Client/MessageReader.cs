using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Rtc.Client;

/// <summary>Messages of the data channel as they come; unknown types and fields are ignored.</summary>
internal static class MessageReader
{
    /// <summary>False where it is none of those that are known. A pong is its id alone.</summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out RoomMessage? message, out double? pong)
    {
        message = null;
        pong = null;
        try
        {
            switch (TypeOf(utf8, out double? id))
            {
                case "detections":
                    message = JsonSerializer.Deserialize(utf8, ClientJson.Default.DetectionsMessage);
                    break;
                case "stats":
                    message = JsonSerializer.Deserialize(utf8, ClientJson.Default.StatsMessage);
                    break;
                case "notice":
                    message = JsonSerializer.Deserialize(utf8, ClientJson.Default.NoticeMessage);
                    break;
                case "peers":
                    message = JsonSerializer.Deserialize(utf8, ClientJson.Default.PeersMessage);
                    break;
                case "settings":
                    message = new SettingsMessage(JsonSerializer.Deserialize(utf8, ClientJson.Default.RoomSettings)!);
                    break;
                case "pong":
                    pong = id;
                    break;
            }
        }
        catch (JsonException)
        {
            // What is no message is not heard.
        }

        return message is not null;
    }

    /// <summary>The members "type" and "id" of the object itself.</summary>
    private static string? TypeOf(ReadOnlySpan<byte> utf8, out double? id)
    {
        string? type = null;
        id = null;
        var reader = new Utf8JsonReader(utf8);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
            {
                continue;
            }

            bool isType = reader.ValueTextEquals("type"u8);
            bool isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String)
            {
                type = reader.GetString();
                if (type != "pong")
                {
                    break;
                }
            }
            else if (isId && reader.TokenType == JsonTokenType.Number)
            {
                id = reader.GetDouble();
            }
            else
            {
                reader.Skip();
            }
        }

        return type;
    }
}
