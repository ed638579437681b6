using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json.Nodes;

namespace Rtc.Analysis.Language;

/// <summary>Chat completions (https://platform.openai.com/docs/api-reference/chat), with the frames as pictures in the question.</summary>
internal sealed class OpenAiChat(LanguageHttp http, LanguageSettings settings) : ILanguageModel
{
    public async Task<string> AskAsync(SceneQuestion question, CancellationToken cancel)
    {
        var parts = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = question.Text });
        foreach (SceneFrame frame in question.Frames)
        {
            parts.Add((JsonNode)new JsonObject { ["type"] = "text", ["text"] = $"frame {frame.Number}" });
            parts.Add((JsonNode)new JsonObject
            {
                ["type"] = "image_url",
                ["image_url"] = new JsonObject { ["url"] = "data:image/jpeg;base64," + Convert.ToBase64String(frame.Jpeg) },
            });
        }

        string body = new JsonObject
        {
            ["model"] = settings.Model,
            ["temperature"] = 0,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = parts }),
            ["response_format"] = new JsonObject
            {
                ["type"] = "json_schema",
                ["json_schema"] = new JsonObject { ["name"] = "scene", ["schema"] = JsonNode.Parse(SceneQuestion.Schema) },
            },
        }.ToJsonString();
        (JsonObject answer, HttpResponseMessage message) = await http.SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.Endpoint, "chat/completions"));
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.Key);
                request.Content = new StringContent(body, Encoding.UTF8, MediaTypeNames.Application.Json);
                return request;
            },
            cancel).ConfigureAwait(false);
        message.Dispose();
        return (answer["choices"] as JsonArray)?.FirstOrDefault() is JsonObject first && first["message"] is JsonObject said
            && said["content"] is JsonValue content && content.TryGetValue(out string? text)
            ? text
            : throw new LanguageException("its answer says nothing");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
