using System.Buffers.Binary;

namespace Rtc.Media.Containers.Writing;

/// <summary>
/// Cuts a recording back to its last whole part, where its writer was killed in the middle of one. Knows the files that
/// <see cref="VideoRecorder"/> writes and no others.
/// </summary>
public static class RecordingRepair
{
    private const uint EbmlHeader = 0x1A45DFA3;
    private const uint Segment = 0x18538067;
    private const uint Cluster = 0x1F43B675;
    private const int SizeBytes = 8;
    private const int BoxHeader = 8;

    /// <returns>False where no part is whole: nothing in the file can be played.</returns>
    /// <exception cref="IOException">The file can't be read or cut.</exception>
    public static bool TryCut(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        Span<byte> head = stackalloc byte[4];
        if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
        {
            return false;
        }

        (long end, int parts) = BinaryPrimitives.ReadUInt32BigEndian(head) == EbmlHeader ? WholeWebm(file) : WholeMp4(file);
        if (parts > 0 && end < file.Length)
        {
            file.SetLength(end);
        }

        return parts > 0;
    }

    /// <summary>Where the last whole element ends; all that <see cref="WebmFile"/> begins there has a size of eight bytes.</summary>
    private static (long End, int Parts) WholeWebm(FileStream file)
    {
        Span<byte> buffer = stackalloc byte[4 + SizeBytes];
        long at = 0;
        int parts = 0;
        while (true)
        {
            file.Position = at;
            Span<byte> header = buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
            int idLength = header.Length == 0 ? 0 : int.Min(4, int.LeadingZeroCount(header[0]) - 24 + 1);
            if (idLength == 0 || header.Length < idLength + SizeBytes)
            {
                return (at, parts);
            }

            uint id = idLength == 4 ? BinaryPrimitives.ReadUInt32BigEndian(header) : header[0];
            if (id == Segment)
            {
                at += idLength + SizeBytes;
                continue;
            }

            // The marker of an eight-byte size is the lowest bit of its first byte.
            long size = BinaryPrimitives.ReadInt64BigEndian(header[idLength..]) & ((1L << 56) - 1);
            if (header[idLength] != 1 || size > file.Length - at - idLength - SizeBytes)
            {
                return (at, parts);
            }

            at += idLength + SizeBytes + size;
            parts += id == Cluster ? 1 : 0;
        }
    }

    /// <summary>A part is a moof with the mdat that it describes.</summary>
    private static (long End, int Parts) WholeMp4(FileStream file)
    {
        Span<byte> header = stackalloc byte[BoxHeader];
        long at = 0;
        long end = 0;
        int parts = 0;
        while (true)
        {
            file.Position = at;
            if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
            {
                return (end, parts);
            }

            long size = BinaryPrimitives.ReadUInt32BigEndian(header);
            if (size < BoxHeader || size > file.Length - at)
            {
                return (end, parts);
            }

            at += size;
            bool isMoof = header[4..].SequenceEqual("moof"u8);
            parts += header[4..].SequenceEqual("mdat"u8) ? 1 : 0;
            end = isMoof ? end : at;
        }
    }
}
