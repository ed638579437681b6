using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rtc.Server.Options;

/// <summary>A language model that describes scenes of analysed videos; off without a key.</summary>
public sealed record LanguageOptions
{
    [Description("openai (chat completions, as many servers have them) or gemini (File API)")]
    public string Kind { get; init; } = "openai";

    [Description("Base address: https://api.openai.com/v1/ or https://generativelanguage.googleapis.com/, or one of your own")]
    public string Endpoint { get; init; } = "https://api.openai.com/v1/";

    [Description("Key of the model's endpoint; empty asks no model. Pictures of videos, with gemini whole videos, are sent there")]
    [Secret]
    public string? Key { get; init; }

    [Description("Name of the model at the endpoint")]
    public string Model { get; init; } = "gpt-4o-mini";

    [Description("Requests a minute to the endpoint")]
    [Range(1, 10_000)]
    public int RequestsPerMinute { get; init; } = 60;
}
