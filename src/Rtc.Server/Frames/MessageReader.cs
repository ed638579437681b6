using System.Buffers;
using System.Net.WebSockets;

namespace Rtc.Server.Frames;

/// <summary>One whole message in rented memory, which is the receiver's; what was too large has none.</summary>
internal readonly record struct ReceivedMessage(WebSocketMessageType Type, byte[]? Rented, int Length, bool IsTooLarge);

/// <summary>
/// Reads whole messages of a WebSocket. A message past the limit is read to its end and thrown away, so that its sender can be
/// told; memory is had as bytes come, never by what a header promises.
/// </summary>
internal sealed class MessageReader(WebSocket socket, int maxBytes)
{
    private const int FirstBytes = 16 * 1024;

    // A usual message is had in one piece from the second one on.
    private int _expected = FirstBytes;

    public async Task<ReceivedMessage> ReadAsync(CancellationToken stop)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Math.Min(_expected, maxBytes));
        int length = 0;
        bool tooLarge = false;
        try
        {
            while (true)
            {
                if (!tooLarge && length == rented.Length)
                {
                    rented = Grow(rented, length);
                }

                ValueWebSocketReceiveResult part = await socket.ReceiveAsync(rented.AsMemory(length), stop);
                length = tooLarge ? 0 : length + part.Count;
                if (length > maxBytes)
                {
                    (tooLarge, length) = (true, 0);
                }

                if (part.MessageType != WebSocketMessageType.Close && !part.EndOfMessage)
                {
                    continue;
                }

                if (part.MessageType == WebSocketMessageType.Close || tooLarge)
                {
                    return new ReceivedMessage(part.MessageType, null, 0, tooLarge);
                }

                _expected = Math.Clamp(length, FirstBytes, maxBytes);
                var message = new ReceivedMessage(part.MessageType, rented, length, false);
                rented = [];
                return message;
            }
        }
        finally
        {
            if (rented.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private byte[] Grow(byte[] rented, int length)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(rented.Length * 2L, maxBytes + 1L));
        rented.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(rented);
        return larger;
    }
}
