using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rtc.Bench;

/// <summary>
/// An offer to Janus' echo test, over its HTTP API: a session, a handle on the plugin, a message with the offer; the answer
/// comes by long poll. A session lives for a minute after its last poll, longer than a run of the comparison.
/// </summary>
internal static class JanusSignalling
{
    private const int MaxEvents = 20;

    /// <param name="http">Stays the caller's.</param>
    /// <param name="root">The API's root, as http://127.0.0.1:8088/janus.</param>
    /// <param name="offer">SDP.</param>
    public static async Task<string> AnswerAsync(HttpClient http, Uri root, string offer)
    {
        string session = $"{root}/{await CreateAsync(http, root.ToString(), new JsonObject { ["janus"] = "create" })}";
        string handle =
            $"{session}/{await CreateAsync(http, session, new JsonObject { ["janus"] = "attach", ["plugin"] = "janus.plugin.echotest" })}";
        await PostAsync(http, handle, new JsonObject
        {
            ["janus"] = "message",
            ["body"] = new JsonObject { ["audio"] = true, ["video"] = true },
            ["jsep"] = new JsonObject { ["type"] = "offer", ["sdp"] = offer },
        });
        for (int i = 0; i < MaxEvents; i++)
        {
            JsonElement happened = await http.GetFromJsonAsync<JsonElement>(new Uri(session + "?maxev=1"));
            if (happened.ValueKind == JsonValueKind.Array)
            {
                happened = happened.EnumerateArray().FirstOrDefault();
            }

            if (happened.ValueKind == JsonValueKind.Object && happened.TryGetProperty("jsep", out JsonElement answer))
            {
                return answer.GetProperty("sdp").GetString()!;
            }
        }

        throw new HttpRequestException("Janus gave no answer");
    }

    private static async Task<string> CreateAsync(HttpClient http, string address, JsonObject request)
    {
        JsonElement reply = await PostAsync(http, address, request);
        return reply.GetProperty("data").GetProperty("id").GetUInt64().ToString(CultureInfo.InvariantCulture);
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string address, JsonObject request)
    {
        request["transaction"] = Guid.NewGuid().ToString("N");
        using HttpResponseMessage response = await http.PostAsJsonAsync(new Uri(address), request);
        JsonElement reply = await response.Content.ReadFromJsonAsync<JsonElement>();
        return reply.GetProperty("janus").GetString() is "success" or "ack"
            ? reply
            : throw new HttpRequestException($"Janus refused: {reply.GetRawText()}");
    }
}
