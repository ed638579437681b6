using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>One running server for all tests that leave it as they found it; each uses rooms of its own.</summary>
public sealed class SignallingServer : IAsyncLifetime
{
    public ServerProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Process = await ServerProcess.StartAsync(["--model", "motion"]);

    public async ValueTask DisposeAsync() => await Process.DisposeAsync();
}

/// <summary>What a server says about itself, read until it is so.</summary>
internal static class ServerState
{
    /// <summary>A server that lets a probe wait this long counts as dead; an idle machine answers in a hundredth of it.</summary>
    public const double DeafMs = 15_000;

    private static readonly TimeSpan s_patience = Patience.Time;

    public static async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!await holds())
        {
            Assert.False(patience.IsCancellationRequested, what);
            await Task.Delay(20);
        }
    }

    public static Task UntilNoRoomAsync(this ServerProcess server, string? room = null) =>
        UntilAsync(
            "the room was left behind",
            async () => (await server.RoomsAsync()).All(found => room is not null && found.GetProperty("room").GetString() != room));

    public static async Task<JsonElement[]> RoomsAsync(this ServerProcess server) =>
        [.. JsonDocument.Parse(await server.Http.GetStringAsync("/api/rooms")).RootElement.EnumerateArray()];

    public static async Task<JsonElement> RoomAsync(this ServerProcess server, string room) =>
        JsonDocument.Parse(await server.Http.GetStringAsync($"/api/rooms/{room}")).RootElement;

    /// <summary>Asks for the health one time after the other, as a probe does, and gives the longest wait in milliseconds.</summary>
    public static async Task<double> SlowestAnswerAsync(this ServerProcess server, int times, CancellationToken until = default)
    {
        double slowest = 0;
        for (int i = 0; i < times && !until.IsCancellationRequested; i++)
        {
            long began = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = await server.Http.GetAsync("/api/health", CancellationToken.None);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await Task.Delay(10, CancellationToken.None);
        }

        return slowest;
    }

    /// <summary>The sum of all samples of a metric, of those whose labels contain the text where one is given.</summary>
    public static async Task<double> MetricAsync(this ServerProcess server, string name, string label = "")
    {
        string page = await server.Http.GetStringAsync("/metrics");
        return page.Split('\n')
            .Where(
                line => (line.StartsWith(name + " ", StringComparison.Ordinal) || line.StartsWith(name + "{", StringComparison.Ordinal))
                    && line.Contains(label, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }
}
