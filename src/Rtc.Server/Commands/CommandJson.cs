using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rtc.Server.Commands;

/// <summary>
/// <c>--json</c>, which every command takes: one JSON document on stdout in place of lines for people, its names in snake_case.
/// </summary>
internal static class CommandJson
{
    // What is printed here goes to a terminal or a file, never into a page: names stay readable.
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Option<bool> AddTo(Command command, string description = "One JSON document in place of lines")
    {
        var option = new Option<bool>("--json") { Description = description };
        command.Options.Add(option);
        return option;
    }

    public static string Of<T>(T document) => JsonSerializer.Serialize(document, s_options);
}
