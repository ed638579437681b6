using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rtc.Server.Options;

/// <summary>Which models stand behind the profiles of segmentation, and what frames over a WebSocket may cost.</summary>
public sealed record SegmentationOptions
{
    [Description("Model of the profile \"fast\": a name of the catalogue, a file, \"auto\" for the best that is installed, or nothing")]
    public string? Fast { get; init; } = "deeplabv3-mobilenetv2";

    [Description("Side of the picture for \"fast\", where the model leaves its size free")]
    [Range(64, 4096)]
    public int FastSize { get; init; } = 512;

    [Description("Model of the profile \"balanced\"")]
    public string? Balanced { get; init; }

    [Description("Side of the picture for \"balanced\", where the model leaves its size free")]
    [Range(64, 4096)]
    public int BalancedSize { get; init; } = 640;

    [Description("Model of the profile \"accurate\"")]
    public string? Accurate { get; init; }

    [Description("Side of the picture for \"accurate\", where the model leaves its size free")]
    [Range(64, 4096)]
    public int AccurateSize { get; init; } = 768;

    [Description("Compute the profiles in half precision where the provider can (TensorRT); others compute as the file says")]
    public bool HalfPrecision { get; init; } = true;

    [Description("MiB of unused model files that stay loaded for the next client that asks for them")]
    [Range(0, 1_048_576)]
    public int IdleMegabytes { get; init; } = 512;

    [Description("Open frame sockets of the whole server")]
    [Range(1, 100_000)]
    public int MaxSockets { get; init; } = 256;

    [Description("Open frame sockets of one address")]
    [Range(1, 100_000)]
    public int MaxSocketsPerAddress { get; init; } = 32;

    [Description("Bytes of one frame's JPEG file")]
    [Range(4096, 256 * 1024 * 1024)]
    public int FrameBytes { get; init; } = 8 * 1024 * 1024;

    [Description("Messages a second from one frame socket")]
    [Range(5, 1_000_000)]
    public int MessagesPerSecond { get; init; } = 120;

    [Description("Seconds that a client may take to read an answer before its frame socket is closed")]
    [Range(1, 600)]
    public int SendSeconds { get; init; } = 10;
}
