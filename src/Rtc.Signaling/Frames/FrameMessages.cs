using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rtc.Signaling.Frames;

/// <summary>One class that a frame holds: what share of the picture it has, and the colour it is shown in.</summary>
public readonly record struct FrameClass(string Label, double Share, byte Red, byte Green, byte Blue);

/// <summary>What one frame held, for its answer.</summary>
public sealed record FrameResult
{
    /// <summary>The sender's number of a binary frame; null for one that came as text.</summary>
    public uint? Id { get; init; }

    public required double Timestamp { get; init; }

    public required string ModelMode { get; init; }

    public required string Model { get; init; }

    /// <summary>Largest first; the background is none.</summary>
    public required IReadOnlyList<FrameClass> Classes { get; init; }

    public required double InferenceMs { get; init; }

    public required double QueueMs { get; init; }

    public required double DecodeMs { get; init; }

    public required double DrawMs { get; init; }

    public required double Fps { get; init; }

    public required long Dropped { get; init; }
}

/// <summary>The text messages that the frame socket sends.</summary>
public static class FrameMessages
{
    // Labels are no HTML, and base64's plus sign would otherwise be escaped.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Connected(
        IBufferWriter<byte> into, string? mode, IEnumerable<string> available, IEnumerable<(string Mode, string Problem)> unavailable,
            IEnumerable<(string Label, byte Red, byte Green, byte Blue)> classes)
    {
        ArgumentNullException.ThrowIfNull(available);
        ArgumentNullException.ThrowIfNull(unavailable);
        ArgumentNullException.ThrowIfNull(classes);
        using var json = new Utf8JsonWriter(into, s_options);
        (string Label, byte Red, byte Green, byte Blue)[] labels = [.. classes];
        json.WriteStartObject();
        json.WriteString("type", "connected");
        json.WriteString("status", "ready");
        json.WriteString("model_mode", mode);
        json.WriteStartArray("available_models");
        foreach (string name in available)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteStartObject("unavailable_models");
        foreach ((string name, string problem) in unavailable)
        {
            json.WriteString(name, problem);
        }

        json.WriteEndObject();
        json.WriteStartArray("class_labels");
        foreach ((string label, _, _, _) in labels)
        {
            json.WriteStringValue(label);
        }

        json.WriteEndArray();
        json.WriteStartObject("default_colormap");
        foreach ((string label, byte red, byte green, byte blue) in labels.DistinctBy(entry => entry.Label))
        {
            Colour(json, label, red, green, blue);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <param name="into">Where it goes.</param>
    /// <param name="result">What was found.</param>
    /// <param name="file">The mask or picture; empty where it follows as a binary message.</param>
    public static void Segmentation(IBufferWriter<byte> into, FrameResult result, ReadOnlySpan<byte> file)
    {
        ArgumentNullException.ThrowIfNull(result);
        using var json = new Utf8JsonWriter(into, s_options);
        json.WriteStartObject();
        json.WriteString("type", "segmentation");
        if (result.Id is { } id)
        {
            json.WriteNumber("id", id);
        }

        json.WriteNumber("timestamp", result.Timestamp);
        if (file.IsEmpty)
        {
            json.WriteNull("data");
        }
        else
        {
            json.WriteBase64String("data", file);
        }

        json.WriteStartObject("metadata");
        json.WriteNumber("inference_time_ms", Round(result.InferenceMs));
        json.WriteString("model_mode", result.ModelMode);
        json.WriteString("model", result.Model);
        json.WriteStartArray("detected_classes");
        foreach (FrameClass found in result.Classes)
        {
            json.WriteStringValue(found.Label);
        }

        json.WriteEndArray();
        json.WriteStartObject("coverage");
        foreach (FrameClass found in result.Classes)
        {
            json.WriteNumber(found.Label, Math.Round(found.Share, 4));
        }

        json.WriteEndObject();
        json.WriteStartObject("colors");
        foreach (FrameClass found in result.Classes)
        {
            Colour(json, found.Label, found.Red, found.Green, found.Blue);
        }

        json.WriteEndObject();
        json.WriteNumber("fps", Math.Round(result.Fps, 1));
        json.WriteNumber("dropped", result.Dropped);
        json.WriteStartObject("timings_ms");
        json.WriteNumber("queue", Round(result.QueueMs));
        json.WriteNumber("decode", Round(result.DecodeMs));
        json.WriteNumber("inference", Round(result.InferenceMs));
        json.WriteNumber("draw", Round(result.DrawMs));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void Error(IBufferWriter<byte> into, FrameError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        using var json = new Utf8JsonWriter(into, s_options);
        json.WriteStartObject();
        json.WriteString("type", "error");
        json.WriteString("code", error.Code);
        json.WriteString("message", error.Message);
        json.WriteBoolean("recoverable", error.Recoverable);
        json.WriteEndObject();
    }

    public static void Stats(IBufferWriter<byte> into, double fps, double inferenceMs, int queued, long dropped, string level)
    {
        using var json = new Utf8JsonWriter(into, s_options);
        json.WriteStartObject();
        json.WriteString("type", "stats");
        json.WriteNumber("fps", Math.Round(fps, 1));
        json.WriteNumber("avg_inference_ms", Round(inferenceMs));
        json.WriteNull("gpu_memory_mb");
        json.WriteNumber("queue_size", queued);
        json.WriteNumber("dropped", dropped);
        json.WriteString("level", level);
        json.WriteEndObject();
    }

    private static void Colour(Utf8JsonWriter json, string label, byte red, byte green, byte blue)
    {
        json.WriteStartArray(label);
        json.WriteNumberValue(red);
        json.WriteNumberValue(green);
        json.WriteNumberValue(blue);
        json.WriteEndArray();
    }

    private static double Round(double milliseconds) => Math.Round(milliseconds, 2);
}
