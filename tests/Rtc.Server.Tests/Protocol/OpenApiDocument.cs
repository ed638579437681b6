using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rtc.Server.Tests.Protocol;

/// <summary>wwwroot/openapi/v1.json as tests ask it: operations with their answers, references followed.</summary>
public sealed class OpenApiDocument
{
    private static readonly string[] s_methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    public OpenApiDocument(string root) =>
        Root = JsonNode.Parse(File.ReadAllText(Path.Combine(root, "wwwroot", "openapi", "v1.json")))!.AsObject();

    public JsonObject Root { get; }

    public IEnumerable<OpenApiOperation> Operations =>
        from path in Root["paths"]!.AsObject()
        from method in path.Value!.AsObject()
        where s_methods.Contains(method.Key)
        select new OpenApiOperation(method.Key.ToUpperInvariant(), path.Key, method.Value!.AsObject(), path.Value!.AsObject());

    /// <summary>The object itself, or the one that its $ref names.</summary>
    public JsonObject Follow(JsonNode node)
    {
        JsonObject found = node.AsObject();
        return found["$ref"] is { } reference
            ? Follow(At((string)reference!) ?? throw new JsonException($"nothing at {reference}"))
            : found;
    }

    /// <summary>What a pointer "#/…" leads to; null where nothing is.</summary>
    public JsonNode? At(string reference)
    {
        JsonNode? node = Root;
        foreach (string part in reference.Split('/').Skip(1))
        {
            node = (node as JsonObject)?[part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)];
        }

        return reference.StartsWith("#/", StringComparison.Ordinal) ? node : null;
    }

    /// <summary>Every object below a node, itself included.</summary>
    public static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject found => found.SelectMany(field => Objects(field.Value)).Prepend(found),
        JsonArray items => items.SelectMany(Objects),
        _ => [],
    };
}

/// <summary>One method of one path.</summary>
public sealed record OpenApiOperation(string Method, string Path, JsonObject Body, JsonObject PathItem)
{
    public string Name => $"{Method} {Path}";

    public JsonObject Responses => Body["responses"]!.AsObject();

    /// <summary>Of the path and of the operation.</summary>
    public IEnumerable<JsonNode> Parameters =>
        (PathItem["parameters"]?.AsArray() ?? []).Concat(Body["parameters"]?.AsArray() ?? []).Select(parameter => parameter!);
}
