using System.Buffers.Binary;
using System.Text;

namespace Rtc.Server.Tests.Network;

/// <summary>A stranger's binding request: a user name and an integrity that is none.</summary>
internal static class StunCheck
{
    public static byte[] For(string ufrag)
    {
        byte[] name = Encoding.ASCII.GetBytes(ufrag + ":x");
        int padded = (name.Length + 3) & ~3;
        byte[] message = new byte[20 + 4 + padded + 24];
        BinaryPrimitives.WriteUInt16BigEndian(message, 1);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(message.Length - 20));
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), 0x2112A442);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(20), 6);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(22), (ushort)name.Length);
        name.CopyTo(message, 24);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(24 + padded), 8);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(26 + padded), 20);
        return message;
    }
}
