using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rtc.Analysis.Records;
using Rtc.Pipeline;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Settings;
using Rtc.Server.Events;
using Rtc.Server.Hosting;
using Rtc.Server.Http;
using Rtc.Server.Jobs;
using Rtc.Server.Models;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Server.Routes;
using Rtc.Server.Rules;
using Rtc.Server.Startup;
using Rtc.Server.Tests.Hosting;
using Rtc.Server.Videos;
using Rtc.Store.Queue;

namespace Rtc.Server.Tests.Protocol;

/// <summary>The OpenAPI document against the server's routes and types, and against the rules of OpenAPI 3.1 that it uses.</summary>
public sealed partial class OpenApiDocumentTests
{
    private static readonly OpenApiDocument s_document = new(RtcPaths.Find().Root);
    private static readonly string[] s_locations = ["path", "query", "header", "cookie"];

    [Fact]
    public async Task Document_lists_every_route_and_no_other()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        Assert.Equal(
            await ServedRoutes.OfAsync(host), s_document.Operations.Select(operation => operation.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Document_is_read_without_a_key(bool isPublic)
    {
        const string Key = "an-api-key-that-nobody-sees";
        AuthOptions auth = isPublic ? new() { Public = true, ApiKey = Key, TokenKey = "a-token-key-that-nobody-sees-either" } : new();
        await using RunningHost host = await RunningHost.StartAsync(RunningHost.Options with { Auth = auth });
        using HttpResponseMessage answer = await host.Client.GetAsync(
            new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(s_document.Root.ToJsonString(), JsonNode.Parse(text)!.ToJsonString());
    }

    [Fact]
    public void References_lead_somewhere_and_components_are_used()
    {
        string[] references = [.. OpenApiDocument.Objects(s_document.Root).Select(one => (string?)one["$ref"]).OfType<string>().Distinct()];
        Assert.DoesNotContain(references, reference => s_document.At(reference) is null);
        string[] components =
        [
            .. s_document.Root["components"]!.AsObject().Where(kind => kind.Key != "securitySchemes")
                .SelectMany(kind => kind.Value!.AsObject().Select(one => $"#/components/{kind.Key}/{one.Key}")),
        ];
        Assert.Equal(components.Order(StringComparer.Ordinal), references.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Path_parameters_are_declared_and_all_parameters_whole()
    {
        foreach (OpenApiOperation operation in s_document.Operations)
        {
            JsonObject[] parameters = [.. operation.Parameters.Select(s_document.Follow)];
            Assert.Equal(
                PathParameter().Matches(operation.Path).Select(match => match.Groups[1].Value).Order(),
                parameters.Where(parameter => (string?)parameter["in"] == "path").Select(parameter => (string)parameter["name"]!).Order());
            Assert.All(parameters, parameter =>
            {
                Assert.Contains((string)parameter["in"]!, s_locations);
                Assert.NotNull(parameter["schema"]);
                Assert.True(
                    (string?)parameter["in"] != "path" || (bool?)parameter["required"] == true, $"{operation.Name}: {parameter["name"]}");
            });
        }
    }

    [Fact]
    public void Operations_name_themselves_their_tag_and_their_users()
    {
        OpenApiOperation[] operations = [.. s_document.Operations];
        Assert.Equal(operations.Length, operations.Select(operation => (string?)operation.Body["operationId"]).Distinct().Count());
        string[] tags = [.. s_document.Root["tags"]!.AsArray().Select(tag => (string)tag!["name"]!)];
        Assert.Equal(
            tags.Order(),
            operations.SelectMany(operation => operation.Body["tags"]!.AsArray().Select(tag => (string)tag!)).Distinct().Order());
        Assert.All(operations, operation =>
        {
            Assert.False(string.IsNullOrWhiteSpace((string?)operation.Body["summary"]), operation.Name);
            Assert.False(string.IsNullOrWhiteSpace((string?)operation.Body["x-who"]), operation.Name);
            Assert.Contains(operation.Responses, answer => answer.Key.StartsWith('2'));
        });
    }

    [Fact]
    public void Answers_describe_themselves_and_say_when_to_ask_again()
    {
        foreach (OpenApiOperation operation in s_document.Operations)
        {
            foreach ((string status, JsonNode? answer) in operation.Responses)
            {
                JsonObject followed = s_document.Follow(answer!);
                string where = $"{operation.Name} {status}";
                Assert.Matches("^[1-5][0-9]{2}$", status);
                Assert.False(string.IsNullOrWhiteSpace((string?)followed["description"]), where);
                bool isProbe = operation.Path.StartsWith("/api/health/", StringComparison.Ordinal);
                Assert.True(
                    isProbe || status is not ("429" or "503") || followed["headers"]?["Retry-After"] is not null,
                    $"{where}: no Retry-After");
                Assert.True(
                    status[0] < '4' || followed["content"]?["application/problem+json"]?["schema"] is not null,
                    $"{where}: no problem details");
                Assert.Equal(status == "401", followed["headers"]?["WWW-Authenticate"] is not null);
            }
        }
    }

    /// <summary>A route that may answer 401 asks for something, and what is asked for is a declared scheme.</summary>
    [Fact]
    public void Security_names_declared_schemes()
    {
        JsonObject schemes = s_document.Root["components"]!["securitySchemes"]!.AsObject();
        foreach (OpenApiOperation operation in s_document.Operations)
        {
            string[] asked = [.. operation.Body["security"]!.AsArray().SelectMany(one => one!.AsObject().Select(scheme => scheme.Key))];
            Assert.All(asked, scheme => Assert.True(schemes.ContainsKey(scheme), $"{operation.Name}: {scheme}"));
            Assert.True(asked.Length > 0 || !operation.Responses.ContainsKey("401"), operation.Name);
        }
    }

    [Fact]
    public void Examples_are_what_their_schemas_say()
    {
        var check = new SchemaCheck(s_document);
        int found = 0;
        foreach (JsonObject holder in OpenApiDocument.Objects(s_document.Root["paths"])
            .Concat(OpenApiDocument.Objects(s_document.Root["components"])))
        {
            if (holder["schema"] is { } schema && holder["example"] is { } example)
            {
                Assert.Empty(check.Errors(example, schema));
                found++;
            }
        }

        Assert.True(found >= 30, $"{found} examples");
    }

    [Fact]
    public void Error_examples_carry_the_status_that_they_stand_for()
    {
        foreach (OpenApiOperation operation in s_document.Operations)
        {
            foreach ((string status, JsonNode? answer) in operation.Responses.Where(answer => answer.Key[0] >= '4'))
            {
                Assert.Equal(status, s_document.Follow(answer!)["content"]!["application/problem+json"]!["example"]!["status"]!.ToString());
            }
        }
    }

    [Theory]
    [InlineData("Room", typeof(RoomSnapshot))]
    [InlineData("StageTime", typeof(StageTime))]
    [InlineData("Model", typeof(ModelView))]
    [InlineData("ModelRate", typeof(ModelRate))]
    [InlineData("ModelChange", typeof(ModelRoutes.ModelChange))]
    [InlineData("RoomModel", typeof(ModelRoutes.RoomModel))]
    [InlineData("TokenRequest", typeof(TokenRoutes.TokenRequest))]
    [InlineData("LinkRequest", typeof(ShareRoutes.LinkRequest))]
    [InlineData("Camera", typeof(CameraSnapshot))]
    [InlineData("Pull", typeof(PullRoutes.PullReport))]
    [InlineData("Job", typeof(JobView))]
    [InlineData("Video", typeof(VideoView))]
    [InlineData("Session", typeof(SessionRoutes.SessionView))]
    [InlineData("JobStep", typeof(JobStep))]
    [InlineData("FoundObject", typeof(FoundObject))]
    [InlineData("AnalysedFrame", typeof(FrameRecord))]
    [InlineData("ObjectMask", typeof(MaskRecord))]
    [InlineData("ObjectTrack", typeof(TrackRecord))]
    [InlineData("TrackPoint", typeof(TrackPoint))]
    [InlineData("Scene", typeof(SceneRecord))]
    [InlineData("ReplaceableElement", typeof(ReplaceableElement))]
    [InlineData("JobRequest", typeof(JobRoutes.JobRequest))]
    [InlineData("UserKey", typeof(KeyRoutes.KeyView))]
    [InlineData("UserKeyRequest", typeof(KeyRoutes.KeyRequest))]
    [InlineData("Rule", typeof(RuleView))]
    [InlineData("RuleRequest", typeof(RuleDefinition))]
    [InlineData("RuleSchedule", typeof(ScheduleDefinition))]
    [InlineData("RuleActions", typeof(ActionDefinition))]
    [InlineData("Event", typeof(EventView))]
    public void Schemas_have_the_fields_of_their_types(string name, Type type)
    {
        IEnumerable<string> fields = type.GetProperties().Select(field => JsonNamingPolicy.SnakeCaseLower.ConvertName(field.Name));
        Assert.Equal(
            fields.Order(), s_document.At($"#/components/schemas/{name}/properties")!.AsObject().Select(field => field.Key).Order());
    }

    [Fact]
    public void Modes_are_those_of_the_server()
    {
        JsonArray modes = s_document.At("#/components/schemas/Mode/enum")!.AsArray();
        Assert.Equal(Enum.GetValues<ViewMode>().Length, modes.Count);
        Assert.All(modes, mode => Assert.Null(SettingsMapping.Apply(new RoomSettings(), new() { Mode = (string)mode! }).Refusal));
    }

    [Fact]
    public void Messages_are_the_examples_of_the_protocol()
    {
        string page = File.ReadAllText(Path.Combine(RtcPaths.Find().Root, "docs", "PROTOCOL.md"));
        Dictionary<string, string> examples = MessageExample().Matches(page)
            .ToDictionary(match => match.Groups[1].Value, match => JsonNode.Parse(match.Groups[2].Value)!.ToJsonString());
        Dictionary<string, string> listed = s_document.Root["x-messages"]!.AsArray()
            .ToDictionary(message => (string)message!["name"]!, message => message!["example"]!.ToJsonString());
        Assert.Equal(examples.OrderBy(one => one.Key), listed.OrderBy(one => one.Key));
    }

    [GeneratedRegex(@"\{([^}]+)\}")]
    private static partial Regex PathParameter();

    [GeneratedRegex(@"```json (\w+)\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex MessageExample();
}
