using System.Buffers.Binary;
using Rtc.Peer.Stun;

namespace Rtc.Peer.Ice;

/// <summary>Writes the answers to the other side's checks (RFC 8445 section 7.3); what finds no room in the outbox is left out.</summary>
internal static class BindingReplies
{
    public const int RoleConflict = 487;

    private const int UnknownAttribute = 420;

    public static void Succeed(DatagramQueue outbox, TransactionId transaction, IceCredentials local, TransportAddress to)
    {
        Span<byte> buffer = outbox.Reserve();
        if (buffer.IsEmpty)
        {
            return;
        }

        var response = new StunWriter(buffer, StunMessageType.BindingSuccess, transaction);
        response.AddXorMappedAddress(to, transaction);
        outbox.Commit(response.Finish(local.Key), to);
    }

    public static void RefuseRole(DatagramQueue outbox, TransactionId transaction, IceCredentials local, TransportAddress to)
    {
        Span<byte> buffer = outbox.Reserve();
        if (buffer.IsEmpty)
        {
            return;
        }

        var response = new StunWriter(buffer, StunMessageType.BindingError, transaction);
        response.AddErrorCode(RoleConflict, "Role Conflict"u8);
        outbox.Commit(response.Finish(local.Key), to);
    }

    public static void RefuseUnknown(
        DatagramQueue outbox, TransactionId transaction, ushort attribute, IceCredentials local, TransportAddress to)
    {
        Span<byte> buffer = outbox.Reserve();
        if (buffer.IsEmpty)
        {
            return;
        }

        Span<byte> list = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(list, attribute);
        var response = new StunWriter(buffer, StunMessageType.BindingError, transaction);
        response.AddErrorCode(UnknownAttribute, []);
        response.Add(StunAttribute.UnknownAttributes, list);
        outbox.Commit(response.Finish(local.Key), to);
    }
}
