using System.Buffers.Binary;

namespace Rtc.Media.Containers.Reading;

/// <summary>The boxes of ISO/IEC 14496-12 (MP4) and QuickTime, outermost ones and those of <c>moov</c>.</summary>
internal static class BoxScan
{
    private const int HeaderLength = 8;
    private const int LargeHeaderLength = 16;

    /// <summary>Those that a file may begin with; QuickTime's has no <c>ftyp</c> where it is old.</summary>
    public static bool Starts(ReadOnlySpan<byte> head) =>
        head.Length >= HeaderLength && (TypeOf(head).SequenceEqual("ftyp"u8) || TypeOf(head).SequenceEqual("moov"u8)
            || TypeOf(head).SequenceEqual("mdat"u8) || TypeOf(head).SequenceEqual("wide"u8)
            || TypeOf(head).SequenceEqual("free"u8) || TypeOf(head).SequenceEqual("skip"u8));

    public static ContainerRefusal? Read(Stream file, out ContainerFormat format)
    {
        format = ContainerFormat.QuickTime;
        bool hasHeader = false;
        bool isFragmented = false;
        long at = 0;
        for (int count = 0; at < file.Length; count++)
        {
            if (count == ContainerScan.MaxElements)
            {
                return ContainerScan.TooLong();
            }

            if (!TryReadHeader(file, at, file.Length, out Box box))
            {
                // A recording that was killed may end within its last header.
                return isFragmented ? null : hasHeader ? ContainerScan.CutOff(file.Length, at + HeaderLength) : ContainerScan.Headless();
            }

            if (box.End <= at)
            {
                return ContainerScan.Broken();
            }

            if (box.Is("ftyp"u8))
            {
                format = Brand(file, box);
            }
            else if (box.Is("moov"u8))
            {
                if (box.End - at > ContainerScan.MaxHeaderBytes)
                {
                    return ContainerScan.TooLong();
                }

                hasHeader = box.End <= file.Length;
                isFragmented = hasHeader && Holds(file, box, "mvex"u8);
            }

            if (box.End > file.Length && !isFragmented)
            {
                return ContainerScan.CutOff(file.Length, box.End);
            }

            at = box.End;
        }

        return hasHeader ? null : ContainerScan.Headless();
    }

    private static ContainerFormat Brand(Stream file, in Box box)
    {
        Span<byte> brand = stackalloc byte[4];
        return box.End - box.Body >= brand.Length && TryFill(file, box.Body, brand) && !brand.SequenceEqual("qt  "u8)
            ? ContainerFormat.Mp4
            : ContainerFormat.QuickTime;
    }

    private static bool Holds(Stream file, in Box parent, ReadOnlySpan<byte> type)
    {
        long at = parent.Body;
        for (int count = 0; at < parent.End && count < ContainerScan.MaxElements; count++)
        {
            if (!TryReadHeader(file, at, parent.End, out Box box) || box.End <= at)
            {
                return false;
            }

            if (box.Is(type))
            {
                return true;
            }

            at = box.End;
        }

        return false;
    }

    private static bool TryReadHeader(Stream file, long at, long end, out Box box)
    {
        box = default;
        Span<byte> header = stackalloc byte[LargeHeaderLength];
        int there = (int)Math.Min(header.Length, end - at);
        if (there < HeaderLength || !TryFill(file, at, header[..there]))
        {
            return false;
        }

        ulong size = BinaryPrimitives.ReadUInt32BigEndian(header);
        int length = HeaderLength;
        if (size == 1)
        {
            if (there < LargeHeaderLength)
            {
                return false;
            }

            size = BinaryPrimitives.ReadUInt64BigEndian(header[HeaderLength..]);
            length = LargeHeaderLength;
        }
        else if (size == 0)
        {
            // To the end of the file.
            size = (ulong)(end - at);
        }

        // A size below its own header is no size: the walk ends there.
        box = new Box(
            BinaryPrimitives.ReadUInt32BigEndian(header[4..]),
            at + length,
            size < (ulong)length ? at : size > long.MaxValue - (ulong)at ? long.MaxValue : at + (long)size);
        return true;
    }

    private static bool TryFill(Stream file, long at, Span<byte> target)
    {
        file.Position = at;
        return file.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) == target.Length;
    }

    private static ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> head) => head.Slice(4, 4);

    private readonly record struct Box(uint Type, long Body, long End)
    {
        public bool Is(ReadOnlySpan<byte> type) => Type == BinaryPrimitives.ReadUInt32BigEndian(type);
    }
}
