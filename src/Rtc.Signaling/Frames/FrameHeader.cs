using System.Buffers.Binary;

namespace Rtc.Signaling.Frames;

/// <summary>What follows the header of a binary message.</summary>
public enum FrameKind : byte
{
    Jpeg = 1,

    /// <summary>A palette PNG, one entry a class.</summary>
    MaskPng = 2,

    PicturePng = 3,
}

/// <summary>
/// The 16 bytes before the file in a binary message, little-endian: version, kind, two zero bytes, the sender's id of the
/// frame, and its time in milliseconds.
/// </summary>
public readonly record struct FrameHeader(FrameKind Kind, uint Id, double Timestamp)
{
    public const int Length = 16;
    private const byte Version = 1;

    public static bool TryParse(ReadOnlySpan<byte> message, out FrameHeader header, out string? problem)
    {
        header = default;
        problem = message.Length < Length ? $"A binary message begins with {Length} bytes of header."
            : message[0] != Version ? $"Version {message[0]} of the header is not known; it is {Version}."
            : BinaryPrimitives.ReadUInt16LittleEndian(message[2..]) != 0 ? "Bytes 2 and 3 of the header are zero."
            : message[1] != (byte)FrameKind.Jpeg ? $"A client sends kind {(byte)FrameKind.Jpeg}, a JPEG picture, and not kind {message[1]}."
            : null;
        if (problem is not null)
        {
            return false;
        }

        double timestamp = BinaryPrimitives.ReadDoubleLittleEndian(message[8..]);
        if (!double.IsFinite(timestamp))
        {
            problem = "The header's time is no number.";
            return false;
        }

        header = new FrameHeader(FrameKind.Jpeg, BinaryPrimitives.ReadUInt32LittleEndian(message[4..]), timestamp);
        return true;
    }

    public void Write(Span<byte> into)
    {
        into[0] = Version;
        into[1] = (byte)Kind;
        BinaryPrimitives.WriteUInt16LittleEndian(into[2..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(into[4..], Id);
        BinaryPrimitives.WriteDoubleLittleEndian(into[8..], Timestamp);
    }
}
