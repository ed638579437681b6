using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Pipeline.Settings;
using Rtc.Server.Rooms;
using Rtc.Server.Startup;
using Rtc.Server.Tests.Hosting;
using Rtc.Signaling;
using Rtc.Signaling.Frames;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Protocol;

/// <summary>docs/PROTOCOL.md against the server: its routes are those that are served, its examples those that are understood.</summary>
public sealed partial class ProtocolDocumentTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(RtcPaths.Find().Root, "docs", "PROTOCOL.md"));

    [Fact]
    public async Task Page_lists_every_route_and_no_other()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        string[] listed = [.. Row().Matches(s_page).Select(row => $"{row.Groups[1]} {row.Groups[2]}").Order(StringComparer.Ordinal)];

        Assert.Equal(await ServedRoutes.OfAsync(host), listed);
    }

    [Theory]
    [InlineData("select")]
    [InlineData("release")]
    [InlineData("settings")]
    [InlineData("ping")]
    [InlineData("client_detections")]
    [InlineData("handover")]
    public void Examples_to_the_server_are_understood(string name)
    {
        Assert.True(
            ClientMessage.TryParse(System.Text.Encoding.UTF8.GetBytes(Example(name)), out ClientMessage message, out string? error), error);
        Assert.NotEqual(ClientMessageKind.Unknown, message.Kind);
        if (message.Settings is { } settings)
        {
            Refusal? refusal = SettingsMapping.Apply(new RoomSettings(), settings).Refusal;
            Assert.True(refusal is null, refusal?.Message);
        }
    }

    [Theory]
    [InlineData("ws init", FrameCommandKind.Init)]
    [InlineData("ws frame", FrameCommandKind.Frame)]
    [InlineData("ws change_mode", FrameCommandKind.ChangeMode)]
    [InlineData("ws update_viz", FrameCommandKind.UpdateView)]
    public void Examples_to_the_frame_socket_are_understood(string name, FrameCommandKind kind)
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(Example(name));
        Assert.True(FrameCommand.TryParse(text, new FrameView(), out FrameCommand command, out FrameError? error), error?.Message);
        Assert.Equal(kind, command.Kind);
    }

    [Fact]
    public void Examples_from_the_server_have_the_fields_that_it_writes()
    {
        AssertFields<DetectionsMessage>("detections");
        AssertFields<StatsMessage>("stats");
        AssertFields<PeersMessage>("peers");
        AssertFields<PongMessage>("pong");
        AssertFields<NoticeMessage>("notice");
        AssertFields<JoinRequest>("join");
        AssertFields<RedirectMessage>("redirect");
    }

    /// <summary>Read as the message and written again, the example has the same fields, nested ones too.</summary>
    private static void AssertFields<T>(string name)
    {
        string example = Example(name);
        var read = (T)JsonSerializer.Deserialize(example, typeof(T), WireJson.Default)!;
        string written = JsonSerializer.Serialize(read, typeof(T), WireJson.Default);
        Assert.Equal(
            Fields(JsonDocument.Parse(written).RootElement, string.Empty).Order(),
            Fields(JsonDocument.Parse(example).RootElement, string.Empty).Order());
    }

    private static IEnumerable<string> Fields(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object =>
            element.EnumerateObject().SelectMany(field => Fields(field.Value, $"{path}.{field.Name}").Prepend($"{path}.{field.Name}")),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Fields(item, path + "[]")),
        _ => [],
    };

    private static string Example(string name)
    {
        Match found = Regex.Match(s_page, $"```json {name}\n(.*?)\n```", RegexOptions.Singleline);
        Assert.True(found.Success, $"no example \"{name}\"");
        return found.Groups[1].Value;
    }

    [GeneratedRegex(@"^\| ([A-Z]+) \| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
