using System.Text.Json;

namespace Rtc.EndToEnd.Tests.Data;

/// <summary>
/// A foreign peer that answers an offer and then does what the channel "control" tells it, one JSON object a message:
/// open, close, make, burst, report. Channels whose label begins with "echo" send back what they get.
/// </summary>
internal interface IDataAgent : IAsyncDisposable
{
    /// <summary>The largest message it takes, as its answer says.</summary>
    int MaxMessageBytes { get; }

    Task<string> AnswerAsync(string offer);
}

internal static class DataAgents
{
    public static async Task<IDataAgent> StartAsync(string kind) => kind switch
    {
        "chromium" => await ChromiumAgent.StartAsync(),
        "aiortc" => new AiortcAgent(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static Task TellAsync(this DataPeer peer, object command) => peer.SendAsync("control", JsonSerializer.Serialize(command));

    public static async Task<JsonElement> AskAsync(this DataPeer peer, object command)
    {
        await peer.TellAsync(command);
        return JsonDocument.Parse((await peer.NextAsync("control")).Data).RootElement;
    }
}
