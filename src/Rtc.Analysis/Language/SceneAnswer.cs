using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rtc.Analysis.Records;

namespace Rtc.Analysis.Language;

/// <summary>
/// What of a model's answer is kept: claims about frames that were sent, elements on tracks that were sent, in words that name no other
/// frame and hold no markup. Everything else is thrown away and counted.
/// </summary>
internal static partial class SceneAnswer
{
    private const int MaxText = 300;
    private const int MaxClaims = 12;
    private const int MaxElements = 20;
    private const int MaxDepth = 16;

    /// <summary>A JSON object, or null; a model may put it between the marks of a code block.</summary>
    public static JsonObject? Parse(ReadOnlySpan<byte> text)
    {
        int first = text.IndexOf((byte)'{');
        int last = text.LastIndexOf((byte)'}');
        if (first < 0 || last < first)
        {
            return null;
        }

        try
        {
            var json = new Utf8JsonReader(
                text[first..(last + 1)], new JsonReaderOptions { MaxDepth = MaxDepth });
            JsonNode? node = JsonNode.Parse(ref json);

            // A name that is there twice shows itself only with the first look.
            return node is JsonObject found && found.Count >= 0 ? found : null;
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether all of it can be read: a name that is there twice, and half of a surrogate pair, throw only where they are looked at.
    /// </summary>
    public static bool IsSound(JsonNode? node)
    {
        try
        {
            return node switch
            {
                JsonObject fields => fields.All(field => IsSound(field.Value)),
                JsonArray items => items.All(IsSound),
                JsonValue value => value.GetValueKind() != JsonValueKind.String || value.TryGetValue(out string? _),
                _ => true,
            };
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <param name="answer">What came.</param>
    /// <param name="question">What was sent.</param>
    /// <param name="local">Stands for what is not there.</param>
    /// <param name="dropped">How much was thrown away.</param>
    /// <returns>Null where nothing of it can be kept.</returns>
    public static SceneAnalysis? Check(JsonObject answer, SceneQuestion question, SceneAnalysis local, out int dropped)
    {
        dropped = 0;
        HashSet<long> frames = [.. question.Frames.Select(frame => frame.Number)];
        List<string> claims = [];
        foreach (JsonNode? claim in List(answer, "claims"))
        {
            if (claims.Count < MaxClaims && Frame(claim) is { } frame && frames.Contains(frame) && Text(claim, "text") is { } text
                && IsPlain(text, frames))
            {
                claims.Add(text);
            }
            else
            {
                dropped++;
            }
        }

        if (claims.Count == 0)
        {
            return null;
        }

        Dictionary<string, string> tracks = question.Scene.Tracks.ToDictionary(track => track.TrackId, track => track.Class);
        List<ReplaceableElement> elements = [];
        foreach (JsonNode? element in List(answer, "replaceable_elements"))
        {
            if (elements.Count < MaxElements && Frame(element) is { } frame && frames.Contains(frame)
                && Text(element, "track_id") is { } track && tracks.ContainsKey(track)
                && Text(element, "difficulty") is "easy" or "medium" or "hard"
                && Text(element, "type") is { } type && Text(element, "description") is { } description
                && IsPlain(type, frames) && IsPlain(description, frames))
            {
                elements.Add(new ReplaceableElement(type, description, Text(element, "difficulty")!, track));
            }
            else
            {
                dropped++;
            }
        }

        long? importance = Number(answer, "importance");
        string? kind = Text(answer, "scene_type");
        dropped += (importance is >= 1 and <= 10 ? 0 : 1) + (kind is "person" or "product" or "both" or "none" ? 0 : 1);
        return new SceneAnalysis(
            string.Join(' ', claims), importance is >= 1 and <= 10 ? (int)importance : local.Importance,
            kind is "person" or "product" or "both" or "none" ? kind : local.SceneType, elements);
    }

    /// <summary>Names no frame that was not sent, and is no page.</summary>
    private static bool IsPlain(string text, HashSet<long> frames) => !Markup().IsMatch(text)
        && NamedFrame().Matches(text).All(named => long.TryParse(named.Groups[1].ValueSpan, out long frame) && frames.Contains(frame));

    [GeneratedRegex("</?[a-z!]", RegexOptions.IgnoreCase)]
    private static partial Regex Markup();

    [GeneratedRegex(@"\bframes?\W{0,3}(?:no\.?|number)?\W{0,2}([0-9]+)", RegexOptions.IgnoreCase)]
    private static partial Regex NamedFrame();

    private static IEnumerable<JsonNode?> List(JsonObject from, string name) => from[name] as JsonArray ?? [];

    private static long? Frame(JsonNode? of) => Number(of, "frame");

    private static long? Number(JsonNode? of, string name) =>
        Value(of, name) is { } value && value.TryGetValue(out long number) ? number : null;

    private static string? Text(JsonNode? of, string name)
    {
        string? text;
        try
        {
            if (Value(of, name)?.TryGetValue(out text) != true || string.IsNullOrWhiteSpace(text))
            {
                return null;
            }
        }
        catch (InvalidOperationException)
        {
            // It has half of a surrogate pair.
            return null;
        }

        string plain = new([.. text.Trim().Take(MaxText).Select(letter => char.IsControl(letter) ? ' ' : letter)]);
        return plain;
    }

    private static JsonValue? Value(JsonNode? of, string name)
    {
        try
        {
            return of is JsonObject found && found.TryGetPropertyValue(name, out JsonNode? value) ? value as JsonValue : null;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            // A name is there twice, or has half of a surrogate pair.
            return null;
        }
    }
}
