using System.Text.Json;
using System.Text.Json.Nodes;
using Rtc.Server.Startup;

namespace Rtc.Server.Tests.Protocol;

/// <summary>The check that the document's tests rely on finds what is wrong.</summary>
public sealed class SchemaCheckTests
{
    private static readonly SchemaCheck s_check = new(new OpenApiDocument(RtcPaths.Find().Root));

    [Theory]
    [InlineData("""{"type":"integer"}""", "1.5")]
    [InlineData("""{"type":["string","null"]}""", "1")]
    [InlineData("""{"type":"string","enum":["a"]}""", "\"b\"")]
    [InlineData("""{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}}""", "{}")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}}}""", """{"a":1}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}}}""", """{"b":1}""")]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", """[1,"2"]""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"integer"}}""", """{"a":"b"}""")]
    [InlineData("""{"type":"string","format":"date-time"}""", "\"yesterday noon\"")]
    [InlineData("""{"anyOf":[{"type":"integer"},{"type":"null"}]}""", "\"x\"")]
    [InlineData("""{"type":"integer","minimum":1}""", "0")]
    [InlineData("""{"$ref":"#/components/schemas/Level"}""", "\"calm\"")]
    public void Value_beside_its_schema_is_found(string schema, string value) =>
        Assert.NotEmpty(s_check.Errors(JsonNode.Parse(value), JsonNode.Parse(schema)!));

    [Fact]
    public void Keyword_that_is_not_checked_is_an_error() =>
        Assert.Throws<JsonException>(() => s_check.Errors(1, JsonNode.Parse("""{"multipleOf":2}""")!));
}
