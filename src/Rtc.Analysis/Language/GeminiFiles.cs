using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json.Nodes;

namespace Rtc.Analysis.Language;

/// <summary>
/// Gemini's File API (https://ai.google.dev/api/files): the video is uploaded with the first question, asked about once it is ACTIVE, and
/// deleted with the job.
/// </summary>
internal sealed class GeminiFiles(LanguageHttp http, LanguageSettings settings, string file, TimeProvider time) : ILanguageModel
{
    private const int MaxLooks = 60;
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(5);

    private string? _name;
    private string? _uri;
    private string? _failed;

    public async Task<string> AskAsync(SceneQuestion question, CancellationToken cancel)
    {
        if (_failed is not null)
        {
            throw new LanguageException(_failed);
        }

        if (_uri is null)
        {
            try
            {
                await UploadAsync(cancel).ConfigureAwait(false);
            }
            catch (LanguageException error)
            {
                // One video that is not taken is not offered again with each scene.
                _failed = error.Message;
                throw;
            }
        }

        string body = new JsonObject
        {
            ["contents"] = new JsonArray(new JsonObject
            {
                ["parts"] = new JsonArray(
                    new JsonObject { ["file_data"] = new JsonObject { ["mime_type"] = TypeOf(file), ["file_uri"] = _uri } },
                    new JsonObject { ["text"] = question.Text }),
            }),
            ["generationConfig"] = new JsonObject
            {
                ["temperature"] = 0,
                ["responseMimeType"] = MediaTypeNames.Application.Json,
                ["responseSchema"] = JsonNode.Parse(SceneQuestion.Schema),
            },
        }.ToJsonString();
        JsonObject answer = await SendAsync(
            HttpMethod.Post, $"v1beta/models/{settings.Model}:generateContent",
            () => new StringContent(body, Encoding.UTF8, MediaTypeNames.Application.Json), cancel).ConfigureAwait(false);
        return (answer["candidates"] as JsonArray)?.FirstOrDefault() is JsonObject first && first["content"] is JsonObject content
            && (content["parts"] as JsonArray)?.FirstOrDefault() is JsonObject part && Text(part, "text") is { } text
            ? text
            : throw new LanguageException("its answer says nothing");
    }

    public async ValueTask DisposeAsync()
    {
        if (_name is null)
        {
            return;
        }

        try
        {
            await SendAsync(HttpMethod.Delete, $"v1beta/{_name}", () => null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (LanguageException)
        {
            // It is deleted there by itself after two days.
        }
    }

    private async Task UploadAsync(CancellationToken cancel)
    {
        long bytes = new FileInfo(file).Length;
        (_, HttpResponseMessage begun) = await http.SendAsync(
            () =>
            {
                HttpRequestMessage begin = Request(HttpMethod.Post, new Uri(settings.Endpoint, "upload/v1beta/files"));
                begin.Headers.Add("X-Goog-Upload-Protocol", "resumable");
                begin.Headers.Add("X-Goog-Upload-Command", "start");
                begin.Headers.Add("X-Goog-Upload-Header-Content-Length", bytes.ToString(CultureInfo.InvariantCulture));
                begin.Headers.Add("X-Goog-Upload-Header-Content-Type", TypeOf(file));
                begin.Content = new StringContent("""{"file":{"display_name":"video"}}""", Encoding.UTF8, MediaTypeNames.Application.Json);
                return begin;
            },
            cancel).ConfigureAwait(false);
        using (begun)
        {
            // Only back to where it was asked: the key goes to no other place.
            if (!begun.Headers.TryGetValues("X-Goog-Upload-URL", out IEnumerable<string>? places)
                || !Uri.TryCreate(places.First(), UriKind.Absolute, out Uri? place) || place.Authority != settings.Endpoint.Authority)
            {
                throw new LanguageException("it takes no upload");
            }

            (JsonObject answer, HttpResponseMessage message) = await http.SendAsync(
                () =>
                {
                    HttpRequestMessage upload = Request(HttpMethod.Post, place);
                    upload.Headers.Add("X-Goog-Upload-Offset", "0");
                    upload.Headers.Add("X-Goog-Upload-Command", "upload, finalize");
                    upload.Content = new StreamContent(File.OpenRead(file));
                    upload.Content.Headers.ContentType = new MediaTypeHeaderValue(TypeOf(file));
                    return upload;
                },
                cancel).ConfigureAwait(false);
            message.Dispose();
            await UntilActiveAsync(answer["file"] as JsonObject, cancel).ConfigureAwait(false);
        }
    }

    private async Task UntilActiveAsync(JsonObject? known, CancellationToken cancel)
    {
        for (int look = 0; look < MaxLooks; look++)
        {
            if (known is null || Text(known, "name") is not { } name || !name.StartsWith("files/", StringComparison.Ordinal)
                || !name.AsSpan("files/".Length).ContainsAnyExcept("/?#%.") || name.AsSpan("files/".Length).ContainsAny("/?#%."))
            {
                throw new LanguageException("it does not know the upload");
            }

            _name = name;
            switch (Text(known, "state"))
            {
                case "ACTIVE":
                    _uri = Text(known, "uri") ?? throw new LanguageException("it does not know the upload");
                    return;
                case "FAILED":
                    throw new LanguageException("it can't read the video");
            }

            await Task.Delay(s_lookEvery, time, cancel).ConfigureAwait(false);
            known = await SendAsync(HttpMethod.Get, $"v1beta/{name}", () => null, cancel).ConfigureAwait(false);
        }

        throw new LanguageException("the video is not ready in time");
    }

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, Func<HttpContent?> content, CancellationToken cancel)
    {
        (JsonObject body, HttpResponseMessage message) = await http.SendAsync(
            () =>
            {
                HttpRequestMessage request = Request(method, new Uri(settings.Endpoint, path));
                request.Content = content();
                return request;
            },
            cancel).ConfigureAwait(false);
        message.Dispose();
        return body;
    }

    private HttpRequestMessage Request(HttpMethod method, Uri at)
    {
        var request = new HttpRequestMessage(method, at);
        request.Headers.Add("x-goog-api-key", settings.Key);
        return request;
    }

    private static string? Text(JsonObject of, string name) =>
        of.TryGetPropertyValue(name, out JsonNode? node) && node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static string TypeOf(string file) => Path.GetExtension(file) switch
    {
        ".webm" => "video/webm",
        ".mov" => "video/mov",
        ".avi" => "video/avi",
        ".mkv" => "video/x-matroska",
        _ => "video/mp4",
    };
}
