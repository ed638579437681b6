using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rtc.Bench;

/// <summary>What a run measured, and its JSON as the contract names it.</summary>
internal sealed record RunResult
{
    private const double MinShare = 0.9;

    public required RunPlan Plan { get; init; }

    public required double Seconds { get; init; }

    public required IReadOnlyList<UserMeasurements> Phones { get; init; }

    public required long ViewerFrames { get; init; }

    public required int ViewerFreezes { get; init; }

    public required long ViewerPackets { get; init; }

    /// <summary>Packets that never came, or not yet: sent again is not lost.</summary>
    public required long ViewerPacketsLost { get; init; }

    /// <summary>From its offer to its first picture, of the viewer who waited longest.</summary>
    public double? ViewerFirstPictureMs { get; init; }

    /// <summary>Why a phone's connection ended before the run did; null where all of them stood.</summary>
    public required string? ClosedBecause { get; init; }

    public required double? CpuSeconds { get; init; }

    public required double? PeakMegabytes { get; init; }

    public required double UplinkKbps { get; init; }

    public required double DownlinkKbps { get; init; }

    /// <summary>Milliseconds of the server's own work on a frame beside the model's; of frames over a WebSocket alone.</summary>
    public Summary? BesideModel { get; init; }

    /// <summary>Runs a second of the model alone, in turns with the server; null where it was not asked for.</summary>
    public double? BareRate { get; init; }

    /// <summary>Megabytes from the run's second fifth to its last; of frames over a WebSocket alone.</summary>
    public double? MemoryGrowth { get; init; }

    public required JsonElement? RoomsBefore { get; init; }

    public required JsonElement? RoomsAfter { get; init; }

    public required JsonElement? Health { get; init; }

    public Samples Latency => Gathered(phone => Plan.View == "json" ? phone.ResultLatency : phone.Latency);

    public long Sent => Phones.Sum(phone => phone.Sent);

    public long Returned => Phones.Sum(phone => phone.Returned);

    public long Results => Phones.Sum(phone => phone.Results);

    /// <summary>Null where enough was measured, else what was missing.</summary>
    public string? Problem()
    {
        if (ClosedBecause is { } reason)
        {
            return $"a connection closed during the run: {reason}";
        }

        if (BareRate is null && Seconds < Plan.Duration * MinShare)
        {
            return string.Create(CultureInfo.InvariantCulture, $"only {Seconds:0.0} of {Plan.Duration} s were measured");
        }

        if (Latency.Count == 0)
        {
            return "nothing came back that could be measured";
        }

        long unreadable = Phones.Sum(phone => phone.Unreadable);
        return Plan.View != "json" && unreadable > Latency.Count
            ? string.Create(
                CultureInfo.InvariantCulture, $"the clock could be read in only {Latency.Count} of {Latency.Count + unreadable} pictures")
            : null;
    }

    public JsonObject ToJson()
    {
        Summary latency = Latency.Summarize();
        Summary server = Gathered(phone => phone.ServerMs).Summarize();
        Summary inference = Gathered(phone => phone.InferenceMs).Summarize();
        Summary queue = Gathered(phone => phone.QueueMs).Summarize();
        Summary gaps = Gathered(phone => phone.Gaps).Summarize();
        long processed = Plan.View == "json" ? Results : Returned;
        var levels = new JsonObject();
        foreach (IGrouping<string, KeyValuePair<string, long>> level in Phones.SelectMany(phone => phone.Levels).GroupBy(pair => pair.Key))
        {
            levels[level.Key] = level.Sum(pair => pair.Value);
        }

        return new JsonObject
        {
            ["benchmark_info"] = new JsonObject
            {
                ["duration"] = Round(Seconds),
                ["samples_collected"] = latency.Count,
                ["timestamp"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
                ["total_frames"] = Sent,
                ["mode"] = Plan.Mode,
                ["view"] = Plan.View,
                ["users"] = Plan.Users,
                ["viewers"] = Plan.Viewers,
                ["width"] = Plan.Width,
                ["height"] = Plan.Height,
                ["fps"] = Plan.FramesPerSecond,
                ["codec"] = Plan.Codec.ToString().ToLowerInvariant(),
                ["loss"] = Plan.Link.Loss,
                ["rtt_ms"] = Plan.Link.RoundTripMs,
                ["rate_kbps"] = Plan.Link.RateKbps,
                ["model"] = Phones.Select(phone => phone.Model).FirstOrDefault(model => model is not null),
                ["provider"] = Phones.Select(phone => phone.Provider).FirstOrDefault(provider => provider is not null),
                ["dotnet"] = Environment.Version.ToString(),
                ["os"] = RuntimeInformation.OSDescription,
                ["machine"] = Machine.Processor,
                ["memory_mb"] = Machine.Megabytes,
                ["cores"] = Environment.ProcessorCount,
                ["server_version"] = Health?.TryGetProperty("version", out JsonElement version) == true ? version.GetString() : null,
            },
            ["latency_metrics"] = new JsonObject
            {
                ["median_latency"] = Round(latency.Median),
                ["p95_latency"] = Round(latency.P95),
                ["p99_latency"] = Round(latency.P99),
                ["min_latency"] = Round(latency.Minimum),
                ["max_latency"] = Round(latency.Maximum),
                ["std_dev"] = Round(latency.Deviation),
            },
            ["performance_metrics"] = new JsonObject
            {
                ["processed_fps"] = Round(processed / Seconds / Plan.Users),
                ["avg_inference_time"] = Round(inference.Mean),
                ["server_latency"] = Round(server.Median),
                ["network_latency"] = Round(Math.Max(0, latency.Median - server.Median)),
                ["queue_ms"] = Round(queue.Median),
                ["beside_model_ms"] = BesideModel is { } beside ? Round(beside.Median) : null,
                ["bare_fps"] = BareRate is { } alone ? Round(alone) : null,
                ["share_of_bare"] = BareRate is { } rate ? Math.Round(processed / Seconds / rate, 3) : null,
                ["age_of_results_p95"] = Round(server.P95),
                ["frames_sent"] = Sent,
                ["frames_returned"] = Returned,
                ["frames_dropped"] = Math.Max(0, Sent - processed),
                ["frames_unreadable"] = Phones.Sum(phone => phone.Unreadable),
                ["results"] = Results,
                ["freezes"] = Phones.Sum(phone => phone.Freezes) + ViewerFreezes,
                ["gap_p95"] = Round(gaps.P95),
                ["gap_max"] = Round(gaps.Maximum),
                ["viewer_frames"] = ViewerFrames,
                ["viewer_freezes"] = ViewerFreezes,
                ["viewer_packets"] = ViewerPackets,
                ["viewer_packets_lost"] = ViewerPacketsLost,
                ["viewer_first_picture_ms"] = ViewerFirstPictureMs is { } latest ? Round(latest) : null,
                ["levels"] = levels,
                ["server_counts"] = Difference(),
                ["stages_ms"] = Stages(),
            },
            ["resource_metrics"] = new JsonObject
            {
                ["avg_cpu_usage"] = CpuSeconds is { } cpu ? Round(cpu / Seconds * 100) : null,
                ["cpu_seconds"] = CpuSeconds is { } seconds ? Round(seconds) : null,
                ["cores"] = CpuSeconds is { } used ? Math.Round(used / Seconds, 3) : null,
                ["max_memory_usage"] = PeakMegabytes is { } peak ? Round(peak) : null,
                ["memory_growth"] = MemoryGrowth is { } growth ? Round(growth) : null,
                ["bandwidth_usage"] = new JsonObject { ["uplink_kbps"] = Round(UplinkKbps), ["downlink_kbps"] = Round(DownlinkKbps) },
            },
        };
    }

    public Samples Gathered(Func<UserMeasurements, Samples> of) => Samples.Of(Phones, of);

    /// <summary>What the server itself counted during the run, all rooms together.</summary>
    private JsonObject? Difference()
    {
        if (RoomsBefore is not { } before || RoomsAfter is not { } after)
        {
            return null;
        }

        var counts = new JsonObject();
        foreach (string name in (string[])["received", "decoded", "detected", "dropped", "rendered", "coded"])
        {
            counts[name] = Sum(after, name) - Sum(before, name);
        }

        return counts;
    }

    /// <summary>Median and p95 of each of the server's stages, the first room's.</summary>
    private JsonNode? Stages() =>
        RoomsAfter is { ValueKind: JsonValueKind.Array } rooms
            && rooms.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } room
            && room.TryGetProperty("stages_ms", out JsonElement stages)
            ? JsonNode.Parse(stages.GetRawText())
            : null;

    private static long Sum(JsonElement rooms, string name) => rooms.ValueKind == JsonValueKind.Array
        ? rooms.EnumerateArray().Sum(room => room.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : 0)
        : 0;

    private static double Round(double value) => Math.Round(value, 2);
}
