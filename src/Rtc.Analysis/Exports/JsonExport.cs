using System.Buffers;
using System.Text.Json;
using Rtc.Analysis.Records;

namespace Rtc.Analysis.Exports;

/// <summary>Everything, in the records' own shapes.</summary>
internal static class JsonExport
{
    private const int FlushBytes = 64 * 1024;

    public static async Task WriteAsync(Stream output, ExportSource source, CancellationToken cancel)
    {
        var buffer = new ArrayBufferWriter<byte>();
        await using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartObject("video");
        json.WriteString("name", source.Video.Name);
        json.WriteString("sha256", source.Video.Sha256);
        json.WriteNumber("width", source.Video.Facts.Width);
        json.WriteNumber("height", source.Video.Facts.Height);
        json.WriteNumber("fps", source.Video.Facts.Fps);
        json.WriteNumber("total_frames", source.Video.Facts.TotalFrames);
        json.WriteNumber("duration_seconds", source.Video.Facts.DurationSeconds);
        json.WriteEndObject();
        json.WriteStartArray("frames");
        await foreach ((FrameRecord frame, _) in source.Reader.AllFramesAsync(source.Video.Id, source.Job, false, cancel))
        {
            JsonSerializer.Serialize(json, frame, AnalysisJson.Default.FrameRecord);
            await FlushAsync(json, buffer, output, cancel).ConfigureAwait(false);
        }

        json.WriteEndArray();
        json.WriteStartArray("masks");
        await foreach ((_, IReadOnlyList<MaskRecord> masks) in source.Reader.AllFramesAsync(source.Video.Id, source.Job, true, cancel))
        {
            foreach (MaskRecord mask in masks)
            {
                JsonSerializer.Serialize(json, mask, AnalysisJson.Default.MaskRecord);
            }

            await FlushAsync(json, buffer, output, cancel).ConfigureAwait(false);
        }

        json.WriteEndArray();
        json.WriteStartArray("tracks");
        await foreach (TrackRecord track in source.Reader.AllTracksAsync(source.Job, cancel))
        {
            JsonSerializer.Serialize(json, track, AnalysisJson.Default.TrackRecord);
            await FlushAsync(json, buffer, output, cancel).ConfigureAwait(false);
        }

        json.WriteEndArray();
        json.WriteStartArray("scenes");
        await foreach (SceneRecord scene in source.Reader.AllScenesAsync(source.Job, cancel))
        {
            JsonSerializer.Serialize(json, scene, AnalysisJson.Default.SceneRecord);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await FlushAsync(json, buffer, output, cancel, isLast: true).ConfigureAwait(false);
    }

    /// <summary>A serializer flushes what it writes to, and a response is flushed only asynchronously: so there is a buffer.</summary>
    internal static async Task FlushAsync(
        Utf8JsonWriter json, ArrayBufferWriter<byte> buffer, Stream output, CancellationToken cancel, bool isLast = false)
    {
        if (!isLast && buffer.WrittenCount + json.BytesPending < FlushBytes)
        {
            return;
        }

        await json.FlushAsync(cancel).ConfigureAwait(false);
        await output.WriteAsync(buffer.WrittenMemory, cancel).ConfigureAwait(false);
        buffer.ResetWrittenCount();
    }
}
