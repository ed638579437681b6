using System.Text.Json.Nodes;

namespace Rtc.Studio.Tasks;

/// <summary>What came of a task.</summary>
public sealed record StudioResult
{
    /// <summary>False where nothing was at the place or of the name that was asked for.</summary>
    public required bool Found { get; init; }

    /// <summary>What was understood and done, for people.</summary>
    public string? Response { get; init; }

    /// <summary>What the request called the object.</summary>
    public int? TrackId { get; init; }

    /// <summary>Files by what answers call them.</summary>
    public required IReadOnlyDictionary<string, string?> Files { get; init; }

    /// <summary>What did the work: mask, text, stems, fill.</summary>
    public required IReadOnlyDictionary<string, string> Engine { get; init; }

    /// <summary>As a job keeps it and as answers have it, with the files' addresses.</summary>
    public string Write(Guid task)
    {
        var json = new JsonObject();
        foreach ((string name, string? file) in Files)
        {
            json[name] = file is null ? null : StudioFolder.Url(task, file);
        }

        if (Response is not null)
        {
            json["ai_response"] = Response;
        }

        if (TrackId is { } track)
        {
            json["track_id"] = track;
        }

        json["found"] = Found;
        json["engine"] = new JsonObject([.. Engine.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))]);
        return json.ToJsonString();
    }
}
