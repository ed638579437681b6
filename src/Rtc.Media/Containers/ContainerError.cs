namespace Rtc.Media.Containers;

/// <summary>Why a file is not read as a video, or no further.</summary>
public enum ContainerError
{
    None,

    /// <summary>No byte in it.</summary>
    Empty,

    /// <summary>None of the containers that are read, whatever its name ends in.</summary>
    UnknownFormat,

    /// <summary>It ends before its container says so.</summary>
    Truncated,

    /// <summary>Its header goes on for longer than any video's.</summary>
    HeaderTooLong,

    /// <summary>Sound alone, or a cover picture.</summary>
    NoVideo,

    /// <summary>Pictures larger than the limits allow.</summary>
    TooLarge,

    /// <summary>Samples that don't fit into eight bits without a grading that nobody chose.</summary>
    UnsupportedPixels,

    /// <summary>What is in it can't be decoded.</summary>
    Damaged,

    /// <summary>Reading it took longer than the limits allow.</summary>
    TimedOut,

    /// <summary>Reading it took more memory than the limits allow.</summary>
    OutOfMemory,

    /// <summary>The programs that read videos are not installed.</summary>
    NoProgram,

    /// <summary>The file can't be opened, or the disk is full.</summary>
    Storage,
}

/// <summary>A reason with a sentence for who sent the file.</summary>
public sealed record ContainerRefusal(ContainerError Error, string Message);
