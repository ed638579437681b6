using Microsoft.Playwright;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>What a server answers the studio: an outline for every click, and every task done at once.</summary>
internal static class StudioAnswers
{
    private const int Frames = 10;
    private static readonly Lazy<byte[]> s_clip = new(MakeClip);

    /// <summary>Null where the studio asks for no such thing.</summary>
    public static RouteFulfillOptions? Of(string path) => path switch
    {
        "/api/videos/3/file" => Clip(),
        "/api/preview-mask" => Json(
            $$"""
            {"video_id":"3","frame_idx":0,"frames":{{Frames}},"width":160,"height":120,"fps":30,"engine":{"mask":"grabcut"},
            "times":[{{string.Join(',', Enumerable.Range(0, Frames).Select(i => FormattableString.Invariant($"{i / 30.0:0.0000}")))}}],
            "found":true,"rle":[{{Square()}}],"timings_ms":{"open":0,"mask":80} }
            """),
        "/api/track-point" => Task("track-point", Named("masked_video")),
        "/api/remove-object" => Task("remove-object", Named("inpainted_video")),
        "/api/text-to-video" => Task(
            "text-to-video",
            """
            "highlighted_video_url":"/uploads/t/highlighted_video.mp4","audio_url":"/uploads/t/drums.wav",
            "ai_response":"I looked for persons, by the labels of yolox-nano, and found two. The drums are in drums.wav.",
            "drums_url":"/uploads/t/drums.wav","bass_url":"/uploads/t/bass.wav","vocals_url":"/uploads/t/vocals.wav",
            "other_url":"/uploads/t/other.wav",
            """),
        _ when path.EndsWith(".wav", StringComparison.Ordinal) => new() { BodyBytes = Tone(), ContentType = "audio/wav" },
        _ when path.StartsWith("/uploads/t/", StringComparison.Ordinal) => Clip(),
        _ => null,
    };

    private static string Named(string video) => $"\"{video}_url\":\"/uploads/t/{video}.mp4\",";

    private static RouteFulfillOptions Json(string body) => new() { Body = body, ContentType = "application/json" };

    private static RouteFulfillOptions Clip() => new() { BodyBytes = s_clip.Value, ContentType = "video/webm" };

    private static RouteFulfillOptions Task(string kind, string files) => new()
    {
        Status = 202,
        ContentType = "application/json",
        Body = $$"""
            {"task_id":"t","kind":"{{kind}}","status":"complete","error":null,"progress":1,"found":true,
            "engine":{"mask":"grabcut"},{{files}}
            "masks_url":"/uploads/t/masks.json","steps":[{"id":"track","label":"Follow it through the clip (grabcut)","status":"complete",
            "seconds":2.1},{"id":"render","label":"Write the video","status":"complete","seconds":0.4}]}
            """,
    };

    /// <summary>Of 40 pixels in the middle of 160×120.</summary>
    private static string Square() =>
        string.Join(',', Enumerable.Range(0, 40).SelectMany(row => (int[])[row == 0 ? (40 * 160) + 60 : 120, 40]).Append((40 * 160) + 60));

    private static byte[] MakeClip()
    {
        string folder = Directory.CreateTempSubdirectory("rtc-studio-").FullName;
        try
        {
            return File.ReadAllBytes(RecordedFileTests.Record(Path.Combine(folder, "one"), VideoCodec.Vp8, VideoRotation.None, Frames));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A tenth of a second of 16 bits and one channel that grows louder.</summary>
    private static byte[] Tone()
    {
        const int Samples = 4410;
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("RIFF"u8);
        writer.Write(36 + (2 * Samples));
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(44_100);
        writer.Write(88_200);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(2 * Samples);
        for (int i = 0; i < Samples; i++)
        {
            writer.Write((short)(Math.Sin(i / 16.0) * 6 * i));
        }

        return file.ToArray();
    }
}
