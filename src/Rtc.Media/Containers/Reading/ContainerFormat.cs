namespace Rtc.Media.Containers.Reading;

/// <summary>The families of containers that are read. What a file is follows from its bytes, never from its name.</summary>
public enum ContainerFormat
{
    None,

    /// <summary>MP4 and what stems from it.</summary>
    Mp4,
    QuickTime,
    Avi,
    Matroska,
    WebM,
}
