using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rtc.Bench;

/// <summary>One measurement of one link: server, relay and browser are its own. Counts are per second of the measured time.</summary>
internal sealed class LinkRun(LinkProfile profile, LinkJob job)
{
    public string? Program { get; init; }

    public required string Model { get; init; }

    public required TimeSpan WarmUp { get; init; }

    public required double Seconds { get; init; }

    public async Task<JsonObject> PlayAsync()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Model, program: Program);
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(20) };
        using var link = new ImpairedLink(server.MediaPort!.Value, profile.Quality);
        await using LinkPage page = await LinkPage.OpenAsync(server.Address, link.Port, job);
        await Task.Delay(WarmUp);
        JsonElement first = await page.TakeAsync();
        JsonElement roomBefore = await RoomAsync(http);
        double cpuBefore = server.CpuSeconds() ?? 0;
        long began = Stopwatch.GetTimestamp();
        double? happened = await HappenAsync(link, page, began);
        double rest = Seconds - Stopwatch.GetElapsedTime(began).TotalSeconds;
        await Task.Delay(TimeSpan.FromSeconds(Math.Max(0, rest)));
        JsonElement last = await page.TakeAsync();
        JsonElement roomAfter = await RoomAsync(http);
        double cores = ((server.CpuSeconds() ?? 0) - cpuBefore) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        return Summary(first, last, roomBefore, roomAfter, cores, happened);
    }

    /// <summary>What befalls the link after a third of the time; tells when, by the page's clock, it was over.</summary>
    private async Task<double?> HappenAsync(ImpairedLink link, LinkPage page, long began)
    {
        if (!profile.HasEvent)
        {
            return null;
        }

        await Task.Delay(TimeSpan.FromSeconds(Seconds / 3));
        if (profile.Rebinds)
        {
            link.Rebind();
        }
        else
        {
            link.Quality = profile.Then;
        }

        if (profile.BlackOutSeconds > 0)
        {
            await Task.Delay(TimeSpan.FromSeconds(profile.BlackOutSeconds));
            link.Quality = profile.Quality;
        }

        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static async Task<JsonElement> RoomAsync(HttpClient http)
    {
        JsonElement rooms = await http.GetFromJsonAsync<JsonElement>("/api/rooms");
        return (rooms.ValueKind == JsonValueKind.Array ? rooms : rooms.GetProperty("rooms")).EnumerateArray().First();
    }

    private JsonObject Summary(
        JsonElement first, JsonElement last, JsonElement roomBefore, JsonElement roomAfter, double cores, double? happened)
    {
        double began = first.GetProperty("now").GetDouble();
        double seconds = (last.GetProperty("now").GetDouble() - began) / 1000;
        double[][] shown = [.. last.GetProperty("shown").EnumerateArray()
            .Select(picture => picture.EnumerateArray().Select(value => value.GetDouble()).ToArray())];
        double[] delays = [.. shown.Select(picture => picture[1]).Where(delay => delay is > 0 and < 5000).Order()];
        double Page(string name) => (Number(last.GetProperty("counts"), name) - Number(first.GetProperty("counts"), name)) / seconds;
        double Room(string name) => (Number(roomAfter, name) - Number(roomBefore, name)) / seconds;
        var json = new JsonObject
        {
            ["link"] = profile.Name,
            ["fps"] = Page("decoded"),
            ["gap"] = shown.Zip(shown.Skip(1), (one, next) => next[0] - one[0]).DefaultIfEmpty(0).Max(),
            ["median"] = At(delays, 0.5),
            ["p95"] = At(delays, 0.95),
            ["drawn"] = Page("drawn"),
            ["camera"] = Page("encoded"),
            ["arrived"] = Room("received"),
            ["server decoded"] = Room("decoded"),
            ["server encoded"] = Room("coded"),
            ["viewer received"] = Page("received"),
            ["viewer decoded"] = Page("decoded"),
            ["shown"] = shown.Length / seconds,
            ["nacks in"] = Page("sentAgain") * seconds,
            ["nacks out"] = Page("nacks") * seconds,
            ["keys"] = Page("keys") * seconds,
            ["up_kbps"] = Page("sentBytes") * 8 / 1000,
            ["down_kbps"] = Page("bytes") * 8 / 1000,
            ["cores"] = cores,
            ["stages_ms"] = JsonNode.Parse(roomAfter.GetProperty("stages_ms").GetRawText()),
            ["counts"] = JsonNode.Parse(last.GetProperty("counts").GetRawText()),
        };
        if (happened is { } at && (profile.BlackOutSeconds > 0 || profile.Rebinds))
        {
            json["back_ms"] = shown.Select(picture => picture[0]).Where(time => time > began + at).Select(time => time - began - at)
                .DefaultIfEmpty(double.PositiveInfinity).First() is var back && double.IsFinite(back) ? back : null;
        }

        return json;
    }

    private static double Number(JsonElement of, string name) =>
        of.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;

    private static double At(double[] sorted, double share) =>
        sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
}
