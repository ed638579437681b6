using Rtc.Peer.Rtcp;

namespace Rtc.Peer.Send;

/// <summary>
/// Packets of one stream that were asked for again and wait for the pacer. A packet waits once however often it is
/// asked for, and is answered again only after a round trip. Owned by <see cref="VideoSender"/>.
/// </summary>
internal sealed class ResendQueue(PacketRing ring, SenderCounters counters)
{
    private const int MaxQueued = 512;
    private static readonly TimeSpan s_shortestSpacing = TimeSpan.FromMilliseconds(10);

    private readonly Queue<long> _asked = new();
    private long _answerFrom;

    public int Count => _asked.Count;

    public void OnNack(Instant now, NackReader nack, TimeSpan roundTrip)
    {
        counters.Nacks++;
        TimeSpan spacing = roundTrip * 0.8;
        spacing = spacing > s_shortestSpacing ? spacing : s_shortestSpacing;
        while (nack.TryRead(out ushort number))
        {
            long sequence = ring.Sent + (short)(ushort)(number - (ushort)ring.Sent);
            if (!ring.WasSent(sequence) || sequence < _answerFrom || ring[sequence].AskedAgain || _asked.Count >= MaxQueued)
            {
                counters.ResendRefused++;
                continue;
            }

            ref PacketRecord packet = ref ring[sequence];
            if (packet.Resent && now - packet.LastSent < spacing)
            {
                counters.ResendRefused++;
                continue;
            }

            packet.AskedAgain = true;
            packet.Resent = true;
            _asked.Enqueue(sequence);
        }
    }

    /// <summary>Unasked, and at once.</summary>
    public void Repeat(long sequence)
    {
        ring[sequence].AskedAgain = true;
        ring[sequence].Resent = true;
        _asked.Enqueue(sequence);
    }

    /// <summary>The next one that is still kept.</summary>
    public bool TryTake(out long sequence)
    {
        while (_asked.TryDequeue(out sequence))
        {
            if (ring.WasSent(sequence))
            {
                ring[sequence].AskedAgain = false;
                return true;
            }
        }

        return false;
    }

    /// <summary>What was asked for is of no use any more.</summary>
    public void Clear()
    {
        while (TryTake(out _))
        {
            // Each may be asked for anew.
        }
    }

    /// <summary>What was sent before is of no use to the viewer, whether it asks or not.</summary>
    public void RefuseBefore(long sequence)
    {
        Clear();
        _answerFrom = sequence;
    }
}
