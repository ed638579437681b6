using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rtc.Server.Tests.Protocol;

/// <summary>
/// The part of JSON Schema 2020-12 that the document uses. A keyword that it does not know is an error, so that no
/// schema says more than is checked.
/// </summary>
public sealed class SchemaCheck(OpenApiDocument document)
{
    /// <summary>Where a value is not what its schema says; empty where it is.</summary>
    public IReadOnlyList<string> Errors(JsonNode? value, JsonNode schema, string path = "$")
    {
        var errors = new List<string>();
        Check(value, document.Follow(schema), path, errors);
        return errors;
    }

    private void Check(JsonNode? value, JsonObject schema, string path, List<string> errors)
    {
        foreach ((string keyword, JsonNode? wanted) in schema)
        {
            if (!IsMet(keyword, wanted!, value, schema, path, errors))
            {
                errors.Add($"{path}: {value?.ToJsonString() ?? "null"} is not {keyword} {wanted!.ToJsonString()}");
            }
        }
    }

    private bool IsMet(string keyword, JsonNode wanted, JsonNode? value, JsonObject schema, string path, List<string> errors)
    {
        switch (keyword)
        {
            case "description" or "default" or "example" or "contentMediaType" or "const":
                return keyword != "const" || JsonNode.DeepEquals(value, wanted);
            case "type":
                return (wanted is JsonArray many ? many.Select(one => (string)one!) : [(string)wanted!]).Any(type => IsOf(type, value));
            case "enum":
                return wanted.AsArray().Any(one => JsonNode.DeepEquals(one, value));
            case "anyOf":
                return wanted.AsArray().Any(one => Errors(value, one!, path).Count == 0);
            case "minimum":
                return value is null || (double)value >= (double)wanted;
            case "maximum":
                return value is null || (double)value <= (double)wanted;
            case "minLength":
                return value is null || ((string)value!).Length >= (int)wanted;
            case "maxLength":
                return value is null || ((string)value!).Length <= (int)wanted;
            case "pattern":
                return value is null || Regex.IsMatch((string)value!, (string)wanted!);
            case "format":
                return value is null || HasFormat((string)wanted!, (string)value!);
            case "required":
                return wanted.AsArray().All(name => value is JsonObject found && found.ContainsKey((string)name!));
            case "items":
                CheckAll((value as JsonArray ?? []).Select((item, i) => (item, wanted, $"{path}[{i}]")), errors);
                return true;
            case "properties":
                CheckAll(
                    (value as JsonObject ?? []).Where(field => wanted[field.Key] is not null).Select(
                        field => (field.Value, wanted[field.Key]!, $"{path}.{field.Key}")), errors);
                return schema.ContainsKey("additionalProperties")
                    || (value as JsonObject ?? []).All(field => wanted.AsObject().ContainsKey(field.Key));
            case "additionalProperties":
                CheckAll(
                    (value as JsonObject ?? []).Where(field => schema["properties"]?[field.Key] is null).Select(
                        field => (field.Value, wanted, $"{path}.{field.Key}")), errors);
                return true;
            default:
                throw new JsonException($"The schema at {path} has a keyword that is not checked: {keyword}");
        }
    }

    private void CheckAll(IEnumerable<(JsonNode? Value, JsonNode Schema, string Path)> all, List<string> errors) =>
        errors.AddRange(all.SelectMany(one => Errors(one.Value, one.Schema, one.Path)));

    private static bool IsOf(string type, JsonNode? value) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "integer" => value?.GetValueKind() == JsonValueKind.Number && double.IsInteger((double)value),
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        _ => throw new JsonException($"There is no type {type}"),
    };

    private static bool HasFormat(string format, string value) => format switch
    {
        "date-time" => DateTimeOffset.TryParse(value, out _),
        "uri" => Uri.TryCreate(value, UriKind.Absolute, out _),
        "uri-reference" => Uri.TryCreate(value, UriKind.RelativeOrAbsolute, out _),
        _ => throw new JsonException($"The format {format} is not checked"),
    };
}
