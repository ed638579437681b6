using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Rtc.Analysis.Looking;
using Rtc.Analysis.Records;

namespace Rtc.Analysis.Exports;

/// <summary>
/// COCO's format of object detection (https://cocodataset.org/#format-data): an image a frame, an annotation an object, outlines as
/// run lengths, which go down the columns there, in the letters that pycocotools reads and writes.
/// </summary>
internal static class CocoExport
{
    public static async Task WriteAsync(Stream output, ExportSource source, CancellationToken cancel)
    {
        (int width, int height) = (source.Video.Facts.Width, source.Video.Facts.Height);
        byte[] pixels = new byte[width * height];
        Dictionary<string, int> categories = [];
        var buffer = new ArrayBufferWriter<byte>();
        await using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("images");
        await foreach ((FrameRecord frame, _) in source.Reader.AllFramesAsync(source.Video.Id, source.Job, false, cancel))
        {
            json.WriteStartObject();
            json.WriteNumber("id", frame.FrameNumber);
            json.WriteString("file_name", string.Create(CultureInfo.InvariantCulture, $"{frame.FrameNumber:D8}.jpg"));
            json.WriteNumber("width", width);
            json.WriteNumber("height", height);
            json.WriteNumber("timestamp_seconds", frame.TimestampSeconds);
            json.WriteEndObject();
            await JsonExport.FlushAsync(json, buffer, output, cancel).ConfigureAwait(false);
        }

        json.WriteEndArray();
        json.WriteStartArray("annotations");
        long id = 0;
        await foreach ((FrameRecord frame, IReadOnlyList<MaskRecord> masks) in
            source.Reader.AllFramesAsync(source.Video.Id, source.Job, true, cancel))
        {
            for (int i = 0; i < frame.Detections.Count; i++)
            {
                FoundObject one = frame.Detections[i];
                if (!categories.TryGetValue(one.Class, out int category))
                {
                    categories.Add(one.Class, category = categories.Count + 1);
                }

                // A frame's masks are as many as its objects, in their order, or there are none.
                MaskRecord? mask = masks.Count == frame.Detections.Count ? masks[i] : null;
                Write(json, ++id, frame.FrameNumber, category, one, mask, pixels, width, height);
                await JsonExport.FlushAsync(json, buffer, output, cancel).ConfigureAwait(false);
            }
        }

        json.WriteEndArray();
        json.WriteStartArray("categories");
        foreach ((string name, int number) in categories)
        {
            json.WriteStartObject();
            json.WriteNumber("id", number);
            json.WriteString("name", name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await JsonExport.FlushAsync(json, buffer, output, cancel, isLast: true).ConfigureAwait(false);
    }

    private static void Write(
        Utf8JsonWriter json, long id, long image, int category, FoundObject one, MaskRecord? mask, byte[] pixels, int width, int height)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteNumber("image_id", image);
        json.WriteNumber("category_id", category);
        json.WriteStartArray("bbox");
        json.WriteNumberValue(one.Bbox.X);
        json.WriteNumberValue(one.Bbox.Y);
        json.WriteNumberValue(one.Bbox.Width);
        json.WriteNumberValue(one.Bbox.Height);
        json.WriteEndArray();
        json.WriteNumber("area", mask?.MaskAreaPixels ?? Math.Round(one.Bbox.Width * one.Bbox.Height, 2));
        json.WriteNumber("iscrowd", 0);
        json.WriteNumber("score", one.Confidence);
        json.WriteString("track_id", one.TrackId);
        if (mask is not null && MaskRle.TryRead(mask.MaskRle, pixels))
        {
            json.WriteStartObject("segmentation");
            json.WriteStartArray("size");
            json.WriteNumberValue(height);
            json.WriteNumberValue(width);
            json.WriteEndArray();
            WriteColumns(json, pixels, width, height);
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartArray("segmentation");
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteColumns(Utf8JsonWriter json, byte[] pixels, int width, int height)
    {
        var counts = new CocoCounts();
        for (int x = 0; x < width; x++)
        {
            for (int y = 0; y < height; y++)
            {
                counts.Add(pixels[(y * width) + x] != 0);
            }
        }

        json.WriteString("counts", counts.Finish());
    }
}
