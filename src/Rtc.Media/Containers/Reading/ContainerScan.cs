namespace Rtc.Media.Containers.Reading;

/// <summary>
/// A look at a container's outermost structure, before any other program sees it: what it is, whether it is whole, and
/// whether its header keeps to a size. Reads a few bytes of each element and skips the rest.
/// </summary>
internal static class ContainerScan
{
    /// <summary>Sample tables of eight hours at 60 pictures a second take 30 MiB.</summary>
    public const long MaxHeaderBytes = 64 << 20;

    /// <summary>A fragmented file of a day has two boxes a second.</summary>
    public const int MaxElements = 200_000;

    /// <returns>Null where all is well; <paramref name="format"/> says what it is.</returns>
    public static ContainerRefusal? Read(Stream file, out ContainerFormat format)
    {
        format = ContainerFormat.None;
        if (file.Length == 0)
        {
            return Refuse(ContainerError.Empty, "The file is empty.");
        }

        Span<byte> head = stackalloc byte[12];
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        file.Position = 0;
        if (EbmlScan.Starts(head))
        {
            return EbmlScan.Read(file, out format);
        }

        if (RiffScan.Starts(head))
        {
            return RiffScan.Read(file, out format);
        }

        return BoxScan.Starts(head)
            ? BoxScan.Read(file, out format)
            : Refuse(ContainerError.UnknownFormat, "This is no video file that is read here: MP4, MOV, AVI, MKV and WebM are.");
    }

    public static ContainerRefusal Refuse(ContainerError error, string message) => new(error, message);

    public static ContainerRefusal CutOff(long length, long end) =>
        Refuse(ContainerError.Truncated, FormattableString.Invariant($"The file was cut off: {length} of {end} bytes are there."));

    public static ContainerRefusal TooLong() => Refuse(ContainerError.HeaderTooLong, "The file's header doesn't end within reason.");

    public static ContainerRefusal Broken() => Refuse(ContainerError.Damaged, "The file is damaged: its structure makes no sense.");

    public static ContainerRefusal Headless() => Refuse(ContainerError.Truncated, "The file was cut off: its index is missing.");
}
