using System.Globalization;
using System.Text.Json.Nodes;

namespace Rtc.Bench;

/// <summary>What a server holds at one moment: as the system counts it, and as its own metrics tell.</summary>
internal sealed record SoakState(
    double Seconds, double Megabytes, double ManagedMegabytes, int Handles, int Sockets, int Threads, int Pictures, int Frames)
{
    public static async Task<SoakState> OfAsync(HttpClient http, ServerUnderTest server, double seconds)
    {
        string[] metrics = (await http.GetStringAsync(new Uri(server.Address, "/metrics"))).Split('\n');
        double Series(string name) => metrics.FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal)) is { } line
            ? double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture)
            : 0;
        return new SoakState(
            seconds,
            server.ResidentMegabytes() ?? 0,
            Series("dotnet_gc_last_collection_memory_committed_size_bytes") / (1 << 20),
            server.Handles() ?? 0,
            server.Sockets() ?? 0,
            server.Threads() ?? 0,
            (int)Series("rtc_pictures_lent"),
            (int)Series("rtc_frames_lent"));
    }

    public JsonObject ToJson() => new()
    {
        ["seconds"] = Math.Round(Seconds),
        ["mb"] = Math.Round(Megabytes, 1),
        ["managed_mb"] = Math.Round(ManagedMegabytes, 1),
        ["handles"] = Handles,
        ["sockets"] = Sockets,
        ["threads"] = Threads,
        ["pictures_lent"] = Pictures,
        ["frames_lent"] = Frames,
    };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Megabytes:0} MB ({ManagedMegabytes:0} managed), {Handles} handles, {Sockets} sockets, {Threads} threads, {Pictures} pictures "
            + $"and {Frames} frames lent");
}
