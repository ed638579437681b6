using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Containers.Writing;
using Rtc.Media.Factory;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>What a server with one analysed video answers its page: two walkers, a ball, three scenes, a job at work.</summary>
internal static partial class AnalysisAnswers
{
    public const string Page = "/library/0197f1a0-0000-7000-8000-000000000007";

    private const string Video = "/api/videos/0197f1a0-0000-7000-8000-000000000007";
    private const string Analysis = "0197f1a0-0000-7000-8000-00000000000a";
    private const string Reframing = "0197f1a0-0000-7000-8000-00000000000b";
    private const int Width = 320;
    private const int Height = 180;
    private const int Fps = 25;
    private const int Pictures = 150;
    private const int Step = 5;

    private static readonly (string Id, string Class, int From, int To, double X, double Way)[] s_tracks =
    [
        ("obj_001", "person", 0, 149, 20, 1.4), ("obj_002", "person", 30, 95, 250, -1.2), ("obj_003", "sports ball", 60, 149, 90, 1),
        ("obj_004", "person", 100, 149, 140, 0.2),
    ];

    private static readonly Lazy<byte[]> s_file = new(Record);

    /// <summary>Null where the page asks for no such thing.</summary>
    public static RouteFulfillOptions? Of(PageRequest request) => request.Path switch
    {
        Video => Json(
            $$"""
            {"video_id":"{{Video[^36..]}}","name":"A walk through the old town, from the bridge to the market.mp4","bytes":31000000,
            "sha256":"00","duration_seconds":6,"width":{{Width}},"height":{{Height}},"fps":{{Fps}},"codec":"vp8",
            "total_frames":{{Pictures}},"has_audio":false,"has_sidecar":false,"status":"ready",
            "created_at":"2026-01-01T01:00:00+00:00","expires_at":null}
            """),
        Video + "/file" => File(request),
        Video + "/detections" => Json($$"""{"job_id":"{{Analysis}}","frames":[{{Frames()}}],"next":null}"""),
        Video + "/masks" => Json($$"""{"job_id":"{{Analysis}}","masks":[{{Masks()}}],"next":null}"""),
        Video + "/tracks" => Json($$"""{"job_id":"{{Analysis}}","tracks":[{{string.Join(',', s_tracks.Select(Track))}}],"next":null}"""),
        Video + "/scenes" => Json($$"""{"job_id":"{{Analysis}}","scenes":[{{Scenes}}],"next":null}"""),
        "/api/jobs" when request.Query.Contains("video_id=", StringComparison.Ordinal) => Json($$"""{"jobs":[{{Jobs}}],"next":null}"""),
        "/api/jobs/" + Analysis + "/result" => Json(
            """
            {"frames":30,"detections":86,"masks":86,"tracks":4,"scenes":3,"model":"yolox-nano","provider":"cpu","mask_model":"grabcut",
            "notice":"no language model is set up (Language:Key)"}
            """),
        "/api/jobs/" + Reframing + "/events" => new()
        {
            Body = $"retry: 600000\nevent: job\ndata: {Job(Reframing, "reframe", "processing", 0.42).ReplaceLineEndings("")}\n\n",
            ContentType = "text/event-stream",
        },
        _ => null,
    };

    /// <summary>Of the list of all jobs.</summary>
    public static string Jobs => $"{Job(Reframing, "reframe", "processing", 0.42)},{Job(Analysis, "analyse", "completed", 1)}";

    private static string Scenes =>
        """
        {"scene_number":1,"start_frame":0,"end_frame":59,"description":"One person; another comes in from the right.","importance":7,
        "scene_type":"person","replaceable_elements":[]},
        {"scene_number":2,"start_frame":60,"end_frame":99,"description":"Two people and a sports ball.","importance":9,
        "scene_type":"both","replaceable_elements":[{"type":"sports ball","description":"sports ball, in the middle",
        "difficulty":"easy","track_id":"obj_003"}]},
        {"scene_number":3,"start_frame":100,"end_frame":149,"description":"Two people.","importance":4,"scene_type":"person",
        "replaceable_elements":[]}
        """;

    private static string Job(string id, string kind, string status, double progress) => FormattableString.Invariant($$"""
        {"job_id":"{{id}}","kind":"{{kind}}","video_id":"{{Video[^36..]}}","status":"{{status}}","progress":{{progress}},"steps":[
        {"id":"plan","label":"Follow the subject","status":"complete","seconds":0.1},
        {"id":"render","label":"Render the video","status":"processing","seconds":null}],"attempt":1,"error":null,
        "created_at":"2026-01-01T01:00:00+00:00","started_at":null,"finished_at":null}
        """);

    private static string Frames() => string.Join(',', Enumerable.Range(0, Pictures / Step).Select(i => i * Step).Select(number =>
        string.Create(CultureInfo.InvariantCulture, $$"""
            {"frame_number":{{number}},"timestamp_seconds":{{number / (double)Fps}},"detections":[{{string.Join(',', On(number))}}]}
            """)));

    private static IEnumerable<string> On(int number) => s_tracks.Where(track => number >= track.From && number <= track.To)
        .Select(track => string.Create(CultureInfo.InvariantCulture, $$"""
            {"class":"{{track.Class}}","confidence":0.9,"bbox":{"x":{{Left(track, number)}},"y":60,"width":40,"height":90},
            "track_id":"{{track.Id}}"}
            """));

    private static string Masks() => string.Join(',', Enumerable.Range(0, Pictures / Step).Select(i => i * Step).SelectMany(number =>
        s_tracks.Where(track => number >= track.From && number <= track.To).Select(track =>
        {
            int left = (int)Left(track, number) + 5;
            string rows = string.Join(',', Enumerable.Repeat($"30,{Width - 30}", 79));
            return string.Create(CultureInfo.InvariantCulture, $$"""
                {"track_id":"{{track.Id}}","class":"{{track.Class}}","confidence":0.9,"frame":{{number}},"mask_area_pixels":2400,
                "mask_rle":"{{(65 * Width) + left}},{{rows}},30,{{(Width * (Height - 144)) - 30 - left}}"}
                """);
        })));

    private static double Left((string Id, string Class, int From, int To, double X, double Way) track, int number) =>
        Math.Clamp(track.X + (track.Way * (number - track.From)), 0, Width - 45);

    private static string Track((string Id, string Class, int From, int To, double X, double Way) track) => $$"""
        {"track_id":"{{track.Id}}","class":"{{track.Class}}","start_frame":{{track.From}},"end_frame":{{track.To}},
        "duration_frames":{{track.To - track.From + 1}},"avg_confidence":0.9,"frames":[]}
        """;

    private static RouteFulfillOptions Json(string body)
    {
        // What is no JSON would fail in the page, where nobody sees why.
        using JsonDocument document = JsonDocument.Parse(body);
        return new() { Body = body, ContentType = "application/json" };
    }

    private static RouteFulfillOptions File(PageRequest request)
    {
        byte[] file = s_file.Value;
        Match range = Range().Match(request.Range ?? "bytes=0-");
        int from = int.Parse(range.Groups[1].Value, CultureInfo.InvariantCulture);
        int to = range.Groups[2].Value is { Length: > 0 } end ? int.Parse(end, CultureInfo.InvariantCulture) : file.Length - 1;
        return new()
        {
            Status = 206,
            BodyBytes = file[from..(Math.Min(to, file.Length - 1) + 1)],
            ContentType = "video/webm",
            Headers = new Dictionary<string, string>
            {
                ["accept-ranges"] = "bytes",
                ["content-type"] = "video/webm",
                ["content-range"] = $"bytes {from}-{Math.Min(to, file.Length - 1)}/{file.Length}",
            },
        };
    }

    /// <summary>The walkers as bright boxes on a ground that changes with each scene.</summary>
    private static byte[] Record()
    {
        string folder = Directory.CreateTempSubdirectory("rtc-analysis-").FullName;
        try
        {
            using var pool = new PicturePool();
            using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
                VideoCodec.Vp8, new EncoderSettings { Width = Width, Height = Height, BitrateKbps = 800, MayDrop = false });
            using VideoRecorder recorder = VideoRecorder.Create(Path.Combine(folder, "one"), long.MaxValue, TimeSpan.MaxValue);
            for (int number = 0; number < Pictures; number++)
            {
                using Picture picture = pool.Rent(Width, Height);
                PaintOn(picture, number);
                using EncodedFrame frame = encoder.Encode(picture, (uint)(number * 90_000 / Fps), number % 25 == 0)!;
                recorder.Add(frame, new Instant(number * 1_000_000L / Fps), out _);
            }

            recorder.Complete();
            return System.IO.File.ReadAllBytes(recorder.Path!);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void PaintOn(Picture picture, int number)
    {
        int scene = number < 60 ? 0 : number < 100 ? 1 : 2;
        for (int y = 0; y < Height; y++)
        {
            picture.RowY(y).Fill((byte)(60 + (y / 3) + (scene * 20)));
        }

        for (int y = 0; y < Height / 2; y++)
        {
            picture.RowU(y).Fill((byte)(110 + (scene * 20)));
            picture.RowV(y).Fill((byte)(140 - (scene * 14)));
        }

        foreach ((string Id, string Class, int From, int To, double X, double Way) track in s_tracks)
        {
            for (int y = 65; y < 145 && number >= track.From && number <= track.To; y++)
            {
                picture.RowY(y).Slice((int)Left(track, number) + 5, 30).Fill(215);
            }
        }
    }

    [GeneratedRegex(@"bytes=(\d+)-(\d*)")]
    private static partial Regex Range();
}
