namespace Rtc.Bench;

/// <summary>One run, as the command line asks for it.</summary>
internal sealed record RunPlan
{
    public static readonly string[] Options =
    [
        "duration", "mode", "users", "width", "height", "fps", "codec", "view", "model", "loss", "rtt", "rate", "url", "pid", "output",
            "report", "bitrate", "viewers", "video", "warmup", "return-path", "signalling", "profile", "bare",
    ];

    public required double Duration { get; init; }

    public required double WarmUp { get; init; }

    public required int Users { get; init; }

    public required int Viewers { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required int FramesPerSecond { get; init; }

    public required VideoCodec Codec { get; init; }

    /// <summary>annotated, json or echo.</summary>
    public required string View { get; init; }

    public string? Model { get; init; }

    public required LinkQuality Link { get; init; }

    public Uri? Url { get; init; }

    public int? ProcessId { get; init; }

    public string? Output { get; init; }

    public string? Report { get; init; }

    public string? Video { get; init; }

    public required int BitrateKbps { get; init; }

    /// <summary>Path that publishers post to, the room's name in place of {room}; a foreign server may have one of its own.</summary>
    public required string PublishPath { get; init; }

    /// <summary>The model runs where the camera is, in this process: no server and no network.</summary>
    public bool IsClient => Mode == "client";

    /// <summary>Pictures go over the frame socket.</summary>
    public bool IsFrames => Mode == "ws";

    /// <summary>server, client, ws, or wasm: detection in a page of headless Chromium.</summary>
    public string Mode { get; init; } = "server";

    /// <summary>The profile of segmentation; null lets the server choose.</summary>
    public string? ModelMode { get; init; }

    /// <summary>Seconds of every five in which the model of --model runs alone in this process and nobody sends; 0 for never.</summary>
    public double BareSeconds { get; init; }

    /// <summary>The server is Janus with its echo test, asked over its own API; else it speaks WHIP.</summary>
    public bool IsJanus { get; init; }

    public static RunPlan Read(Arguments arguments)
    {
        int width = arguments.Whole("width", 640, 64, 4096);
        int height = arguments.Whole("height", 480, 64, 2304);
        string view = arguments.Choice("view", "annotated", "json", "echo");
        return new RunPlan
        {
            Duration = arguments.Number("duration", 30, 1, 86_400),
            WarmUp = arguments.Number("warmup", 2, 0, 600),
            Users = arguments.Whole("users", 1, 1, 1000),
            Viewers = arguments.Whole("viewers", 0, 0, 10_000),
            Width = width & ~1,
            Height = height & ~1,
            FramesPerSecond = arguments.Whole("fps", 30, 1, 120),
            Codec = arguments.Choice("codec", "vp8", "h264") == "h264" ? VideoCodec.H264 : VideoCodec.Vp8,
            View = view,
            Model = arguments.Text("model"),
            Link = new LinkQuality(
                arguments.Number("loss", 0, 0, 1), arguments.Number("rtt", 0, 0, 5000), arguments.Number("rate", 0, 0, 1_000_000)),
            Url = arguments.Text("url") is { } url ? (Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed)
                ? parsed
                : throw new UsageException("--url is an address like http://127.0.0.1:8080")) : null,
            ProcessId = arguments.Text("pid") is null ? null : arguments.Whole("pid", 0, 1, int.MaxValue),
            Output = arguments.Text("output"),
            Report = arguments.Text("report"),
            Video = arguments.Text("video"),
            BitrateKbps = arguments.Whole("bitrate", width * height >= 900_000 ? 2500 : 1200, 50, 20_000),
            Mode = arguments.Choice("mode", "server", "client", "ws", "wasm"),
            ModelMode = arguments.Text("profile"),
            BareSeconds = arguments.Number("bare", 0, 0, 4),
            IsJanus = arguments.Choice("signalling", "whip", "janus") == "janus",
            PublishPath = arguments.Text("return-path") ?? ("/whip/{room}?mode=" + view switch { "annotated" => "annotate", _ => "plain" }),
        };
    }
}
