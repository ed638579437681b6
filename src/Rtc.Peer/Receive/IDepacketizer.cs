namespace Rtc.Peer.Receive;

/// <summary>What a payload tells without its neighbours.</summary>
/// <param name="StartsFrame">Surely a frame's first packet.</param>
/// <param name="StartsKey">A decoder can begin here.</param>
/// <param name="Delta">Surely part of a frame that needs others.</param>
internal readonly record struct PayloadKind(bool StartsFrame, bool StartsKey, bool Delta);

/// <summary>Takes a codec's payloads, in order and without holes, and builds frames of them.</summary>
internal interface IDepacketizer
{
    /// <summary>False for a payload that can't be of this codec.</summary>
    bool TryInspect(ReadOnlySpan<byte> payload, out PayloadKind kind);

    void Begin(EncodedFrame frame);

    /// <summary>False for a payload that doesn't go on where the one before ended: the frame is spoilt.</summary>
    bool TryAppend(EncodedFrame frame, ReadOnlySpan<byte> payload);

    /// <summary>False where what was gathered is no frame.</summary>
    bool TryFinish(EncodedFrame frame);
}
