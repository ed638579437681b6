using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Rtc.EndToEnd.Tests.Foreign;

/// <summary>Runs aiortc_client.py against one server and reads what it reports.</summary>
internal sealed class AiortcClient(ServerProcess server, ITestOutputHelper output)
{
    /// <summary>
    /// Publishes or watches until it has seen what follows `--until`; <paramref name="through"/> is the port of a relay for all media.
    /// </summary>
    public async Task<JsonElement> RunAsync(string what, string path, string[] more, int? through = null)
    {
        using Script script = Start(what, path, more, through);
        return await script.EndAsync();
    }

    /// <summary>The same, and on until it is ended.</summary>
    public Script Start(string what, string path, string[] more, int? through = null)
    {
        string[] relay = through is { } port ? ["--through", port.ToString(CultureInfo.InvariantCulture)] : [];
        return Script.Start("aiortc_client.py", output, [what, new Uri(server.Address, path).ToString(), .. relay, .. more]);
    }

    /// <summary>Waits until the one room there is has pictures.</summary>
    public async Task UntilOnAirAsync() =>
        Assert.True(await IsOnAirAsync(new TaskCompletionSource().Task), "the publisher's pictures never came");

    /// <summary>False when the publisher ended before there were any.</summary>
    public async Task<bool> IsOnAirAsync(Task publishing)
    {
        long began = Stopwatch.GetTimestamp();
        while (!publishing.IsCompleted && Stopwatch.GetElapsedTime(began) < Patience.Time)
        {
            JsonElement rooms = JsonDocument.Parse(await server.Http.GetStringAsync("/api/rooms")).RootElement;
            if (rooms.GetArrayLength() == 1 && rooms[0].GetProperty("received").GetInt64() > 5)
            {
                return true;
            }

            await Task.Delay(50);
        }

        return false;
    }

    public async Task UntilNobodyIsThereAsync()
    {
        string rooms = "";
        for (long began = Stopwatch.GetTimestamp(); (rooms = await server.Http.GetStringAsync("/api/rooms")) != "[]"; await Task.Delay(50))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience.Time, rooms);
        }
    }
}
