using System.Buffers.Binary;

namespace Rtc.Media.Containers.Reading;

/// <summary>The chunks of an AVI file up to its pictures.</summary>
internal static class RiffScan
{
    private const int ChunkHeader = 8;
    private const int ListHeader = 12;

    public static bool Starts(ReadOnlySpan<byte> head) =>
        head.Length >= ListHeader && head.StartsWith("RIFF"u8) && head[ChunkHeader..].StartsWith("AVI "u8);

    public static ContainerRefusal? Read(Stream file, out ContainerFormat format)
    {
        format = ContainerFormat.Avi;
        Span<byte> head = stackalloc byte[ListHeader];
        file.Position = 0;
        file.ReadExactly(head);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        if (size is not (0 or uint.MaxValue) && size + (long)ChunkHeader > file.Length)
        {
            return ContainerScan.CutOff(file.Length, size + (long)ChunkHeader);
        }

        long at = ListHeader;
        for (int count = 0; at + ListHeader <= file.Length; count++)
        {
            if (count == ContainerScan.MaxElements || at > ContainerScan.MaxHeaderBytes)
            {
                return ContainerScan.TooLong();
            }

            file.Position = at;
            file.ReadExactly(head);
            if (head.StartsWith("LIST"u8) && head[ChunkHeader..].StartsWith("movi"u8))
            {
                return null;
            }

            // Chunks lie at even offsets.
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            at += ChunkHeader + length + (length & 1);
        }

        return ContainerScan.Headless();
    }
}
