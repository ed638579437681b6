using System.ComponentModel;

namespace Rtc.Server.Options;

/// <summary>
/// Who may come in. On a private address everybody; with <see cref="Public"/> only who brings a join token
/// or the API key, so both keys must then be given. Keys are never written to a log.
/// </summary>
public sealed record AuthOptions
{
    [Description("The server faces the internet: join tokens and the API key are required")]
    public bool Public { get; init; }

    [Description("Key for administration, at least 16 characters")]
    [Secret]
    public string? ApiKey { get; init; }

    [Description("File that holds the API key")]
    public string? ApiKeyFile { get; init; }

    [Description("Key that signs join tokens, at least 32 characters")]
    [Secret]
    public string? TokenKey { get; init; }

    [Description("File that holds the key that signs join tokens")]
    public string? TokenKeyFile { get; init; }
}
