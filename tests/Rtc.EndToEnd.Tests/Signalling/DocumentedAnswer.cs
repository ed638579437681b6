using System.Text.Json.Nodes;
using Rtc.Server.Tests.Protocol;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>An answer of the server against what the OpenAPI document says of it: status, headers, media type, body.</summary>
internal static class DocumentedAnswer
{
    private static readonly OpenApiDocument s_document = new(Repository.Root);
    private static readonly SchemaCheck s_check = new(s_document);

    /// <summary>Relays are not set up in these tests, and the header is left out then.</summary>
    private const string OnlyWithRelays = "Link";

    public static IEnumerable<string> Operations => s_document.Operations.Select(operation => operation.Name);

    public static async Task AssertAsync(string operation, HttpResponseMessage answer)
    {
        OpenApiOperation documented = s_document.Operations.Single(one => one.Name == operation);
        string status = $"{(int)answer.StatusCode}";
        string body = await answer.Content.ReadAsStringAsync();
        string where = $"{operation} {status} {body}";
        Assert.True(documented.Responses.ContainsKey(status), $"not documented: {where}");
        JsonObject response = s_document.Follow(documented.Responses[status]!);
        foreach ((string header, _) in (response["headers"]?.AsObject() ?? []).Where(header => header.Key != OnlyWithRelays))
        {
            Assert.True(answer.Headers.Contains(header) || answer.Content.Headers.Contains(header), $"no {header}: {where}");
        }

        if (operation.StartsWith("HEAD ", StringComparison.Ordinal) || response["content"]?.AsObject() is not { } content)
        {
            Assert.Equal(string.Empty, body);
            return;
        }

        string? type = answer.Content.Headers.ContentType?.MediaType;
        Assert.True(type is not null && content.ContainsKey(type), $"{type}: {where}");
        if (type!.EndsWith("json", StringComparison.Ordinal))
        {
            IReadOnlyList<string> errors = s_check.Errors(JsonNode.Parse(body), content[type]!["schema"]!);
            Assert.True(errors.Count == 0, $"{where}: {string.Join("; ", errors)}");
        }
    }
}
