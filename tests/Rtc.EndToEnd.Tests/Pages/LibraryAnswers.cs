using Microsoft.Playwright;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>What a server with some videos answers the library: one of each state that the page shows.</summary>
internal static class LibraryAnswers
{
    /// <summary>An upload that an earlier page left off, in the browser's storage.</summary>
    public const string Kept =
        """localStorage.setItem('rtc-uploads', '[{"at":"/api/videos/kept","name":"garden.mp4","size":90000000,"modified":7}]');""";

    private static readonly string s_videos = $$"""
        {"videos":[{{Video("1", "A walk through the old town, from the bridge to the market.mp4")}},{{Video("2", "door.webm")}},
        {{Video("3", "tape.avi", seconds: 7)}}],"next":"3"}
        """;

    private static readonly string s_jobs = $$"""
        {"jobs":[{{AnalysisAnswers.Jobs}},{{Job("1", "processing", 0.42, "null")}},{{Job("2", "completed", 1, "null")}},
        {{Job("3", "failed", 0.1, "\"the video has no pictures\"")}}],"next":null}
        """;

    /// <summary>Null where the library asks for no such thing.</summary>
    public static RouteFulfillOptions? Of(string method, string path) => (method, path) switch
    {
        (_, "/api/session") => Json(
            """
            {"user":"ann@example.org","pages":["analysis","library","studio"],"job_kinds":["analyse","reframe"],"max_video_megabytes":500,
            "retain_days":30,"max_clip_megabytes":100,"max_clip_seconds":10}
            """),
        ("HEAD", "/api/videos/kept") => new() { Headers = new Dictionary<string, string> { ["upload-offset"] = "31000000" } },
        (_, "/api/videos") => Json(s_videos),
        (_, "/api/jobs") => Json(s_jobs),
        _ => null,
    };

    private static RouteFulfillOptions Json(string body) => new() { Body = body, ContentType = "application/json" };

    private static string Video(string id, string name, int seconds = 83) => $$"""
        {"video_id":"{{id}}","name":"{{name}}","bytes":31000000,"sha256":"00","duration_seconds":{{seconds}},"width":1280,"height":720,"fps":30,
        "codec":"h264","total_frames":2496,"has_audio":true,"status":"ready","created_at":"2026-01-01T01:00:00+00:00",
        "expires_at":"2026-01-31T01:00:00+00:00"}
        """;

    private static string Job(string video, string status, double progress, string error) => FormattableString.Invariant($$"""
        {"job_id":"{{video}}","kind":"analyse","video_id":"{{video}}","status":"{{status}}","progress":{{progress}},"steps":[],"attempt":1,
        "error":{{error}},"created_at":"2026-01-01T01:00:00+00:00","started_at":null,"finished_at":null}
        """);
}
