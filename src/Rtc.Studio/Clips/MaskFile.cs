using System.Text.Json;

namespace Rtc.Studio.Clips;

/// <summary>Masks of a clip as JSON: size, rate, and for each picture the lengths of its runs, beginning with what is outside; the
/// track's number where the object has one.</summary>
internal static class MaskFile
{
    public static void Write(
        string path, ClipFrames frames, double framesPerSecond, IReadOnlyList<MaskRuns> masks, int? trackId = null)
    {
        string part = path + ".part";
        using (FileStream file = File.Create(part))
        using (var json = new Utf8JsonWriter(file))
        {
            json.WriteStartObject();
            json.WriteNumber("width", frames.Width);
            json.WriteNumber("height", frames.Height);
            json.WriteNumber("fps", Math.Round(framesPerSecond, 3));
            if (trackId is { } id)
            {
                json.WriteNumber("track_id", id);
            }

            json.WriteStartArray("frames");
            for (int frame = 0; frame < masks.Count; frame++)
            {
                json.WriteStartObject();
                json.WriteNumber("frame", frame);
                json.WriteStartArray("rle");
                if (masks[frame].Counts.Count == 0)
                {
                    json.WriteNumberValue(frames.Width * frames.Height);
                }

                foreach (int run in masks[frame].Counts)
                {
                    json.WriteNumberValue(run);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        File.Move(part, path, overwrite: true);
    }
}
