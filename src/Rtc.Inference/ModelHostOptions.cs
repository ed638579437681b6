using Rtc.Inference.Onnx;

namespace Rtc.Inference;

/// <summary>What the owner of the process decides about models; validated by the host on start.</summary>
public sealed record ModelHostOptions
{
    /// <summary>Where models lie; every .onnx in it is offered.</summary>
    public string Directory { get; init; } = "models";

    /// <summary>ONNX Runtime's library; null searches (RTC_ONNXRUNTIME, beside the program, the system, node_modules).</summary>
    public string? RuntimeLibrary { get; init; }

    /// <summary>What "auto" means: a name, a file of the owner's choice, or null for the best on hand.</summary>
    public string? Model { get; init; }

    /// <summary>What "auto" means for masks: a name, a file, or null for the best on hand.</summary>
    public string? MaskModel { get; init; }

    /// <summary>A mask model slower than this is not taken by itself; GrabCut takes a few milliseconds.</summary>
    public TimeSpan MaxAutomaticMaskTime { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>What fast, balanced and accurate mean; "motion" needs no entry.</summary>
    public IReadOnlyList<SegmentProfile> Profiles { get; init; } = [];

    /// <summary>One of <see cref="Providers.Names"/>.</summary>
    public string Provider { get; init; } = "auto";

    /// <summary>Threads inside one operator; 0 is half of the machine.</summary>
    public int Threads { get; init; }

    /// <summary>Most pictures of different rooms that run together where a model's batch axis is free.</summary>
    public int MaxTogether { get; init; } = 8;

    /// <summary>A run of several pictures should not last longer than this, by what the last one took.</summary>
    public TimeSpan TogetherDeadline { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Files above this are refused before they are read.</summary>
    public long MaxModelBytes { get; init; } = 2L << 30;

    /// <summary>Loaded models that nobody uses any more and that are kept for the next one who asks.</summary>
    public int IdleModelsKept { get; init; } = 1;

    /// <summary>Bytes of the files of idle models that are kept at most; a larger one goes with its last user.</summary>
    public long IdleBytesKept { get; init; } = 512L << 20;

    /// <summary>A provider whose first run takes longer is given up.</summary>
    public TimeSpan WarmUpLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Messages name files without their folders, as befits whatever leaves this machine.</summary>
    public bool HidesFolders { get; init; }

    /// <summary>Called on the loading thread after a model was read, which leaves much behind that nobody needs any more.</summary>
    public Action? OnLoaded { get; init; }

    internal Provider RequestedProvider => Providers.TryParse(Provider, out Provider requested)
        ? requested
        : throw new ArgumentException($"no provider named {Provider}; known: {string.Join(", ", Providers.Names)}");
}
