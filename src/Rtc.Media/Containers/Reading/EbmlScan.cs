using System.Numerics;

namespace Rtc.Media.Containers.Reading;

/// <summary>The elements of EBML (RFC 8794) that open a Matroska or WebM file (RFC 9559), up to its first cluster.</summary>
internal static class EbmlScan
{
    private const uint EbmlHeader = 0x1A45DFA3;
    private const uint DocType = 0x4282;
    private const uint Segment = 0x18538067;
    private const uint Tracks = 0x1654AE6B;
    private const uint Cluster = 0x1F43B675;
    private const int MaxEbmlHeader = 4096;
    private const int MaxElementHeader = 12;
    private const long Unknown = -1;

    public static bool Starts(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]);

    public static ContainerRefusal? Read(Stream file, out ContainerFormat format)
    {
        format = ContainerFormat.None;
        if (!TryReadElement(file, 0, out Element header) || header.Id != EbmlHeader)
        {
            return ContainerScan.Headless();
        }

        if (header.Size is Unknown or > MaxEbmlHeader)
        {
            return ContainerScan.TooLong();
        }

        format = FormatOf(file, header);
        if (format == ContainerFormat.None)
        {
            return ContainerScan.Refuse(ContainerError.UnknownFormat, "This is neither Matroska nor WebM, though it is built like them.");
        }

        if (!TryReadElement(file, header.End, out Element segment))
        {
            return ContainerScan.Headless();
        }

        if (segment.Id != Segment)
        {
            return ContainerScan.Broken();
        }

        return segment.Size != Unknown && segment.End > file.Length
            ? ContainerScan.CutOff(file.Length, segment.End)
            : ReadHead(file, segment.Body, segment.Size == Unknown ? file.Length : segment.End);
    }

    /// <summary>What lies before the pictures: it has to name tracks, and to end.</summary>
    private static ContainerRefusal? ReadHead(Stream file, long start, long end)
    {
        bool hasTracks = false;
        long at = start;
        for (int count = 0; at < end; count++)
        {
            if (count == ContainerScan.MaxElements || at - start > ContainerScan.MaxHeaderBytes)
            {
                return ContainerScan.TooLong();
            }

            if (!TryReadElement(file, at, out Element element))
            {
                break;
            }

            if (element.Id == Cluster)
            {
                return hasTracks ? null : ContainerScan.Headless();
            }

            if (element.Size == Unknown)
            {
                return ContainerScan.Broken();
            }

            if (element.End > end)
            {
                return ContainerScan.CutOff(file.Length, element.End);
            }

            hasTracks |= element.Id == Tracks;
            at = element.End;
        }

        return hasTracks ? null : ContainerScan.Headless();
    }

    private static ContainerFormat FormatOf(Stream file, in Element header)
    {
        long at = header.Body;
        while (at < header.End && TryReadElement(file, at, out Element element) && element.Size != Unknown && element.End <= header.End)
        {
            if (element.Id == DocType && element.Size <= 16)
            {
                Span<byte> name = stackalloc byte[16];
                name = name[..(int)element.Size];
                file.Position = element.Body;
                file.ReadAtLeast(name, name.Length, throwOnEndOfStream: false);
                name = name.TrimEnd((byte)0);
                return name.SequenceEqual("webm"u8) ? ContainerFormat.WebM
                    : name.SequenceEqual("matroska"u8) ? ContainerFormat.Matroska
                    : ContainerFormat.None;
            }

            at = element.End;
        }

        return ContainerFormat.None;
    }

    private static bool TryReadElement(Stream file, long at, out Element element)
    {
        element = default;
        Span<byte> head = stackalloc byte[MaxElementHeader];
        file.Position = at;
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];

        // An id of one to four bytes keeps its marker, a size of one to eight loses it (RFC 8794 sections 4 and 5).
        int idLength = head.IsEmpty ? 0 : BitOperations.LeadingZeroCount((uint)head[0]) - 23;
        if (idLength is < 1 or > 4 || head.Length <= idLength)
        {
            return false;
        }

        uint id = 0;
        foreach (byte part in head[..idLength])
        {
            id = (id << 8) | part;
        }

        head = head[idLength..];
        int sizeLength = BitOperations.LeadingZeroCount((uint)head[0]) - 23;
        if (sizeLength is < 1 or > 8 || head.Length < sizeLength)
        {
            return false;
        }

        ulong size = head[0] & ((1UL << (8 - sizeLength)) - 1);
        foreach (byte part in head[1..sizeLength])
        {
            size = (size << 8) | part;
        }

        bool isUnknown = size == (1UL << (7 * sizeLength)) - 1;
        long body = at + idLength + sizeLength;
        element = new Element(id, body, isUnknown ? Unknown : (long)size);
        return true;
    }

    private readonly record struct Element(uint Id, long Body, long Size)
    {
        public long End => Size > long.MaxValue - Body ? long.MaxValue : Body + Size;
    }
}
