namespace Rtc.Peer.Sctp;

/// <summary>What a SACK says of them: arrived, missing, lost.</summary>
internal sealed partial class OutstandingChunks
{
    // RFC 9260 section 7.2.4: the third report of a miss is a loss.
    private const int MissesForLoss = 3;

    /// <summary>False when the SACK is old or acknowledges what was never sent.</summary>
    /// <param name="lateAfter">How long after sending a chunk is lost if later ones arrived; zero before a round trip is measured.</param>
    public bool TryAcknowledge(
        SackView sack, CongestionWindow window, Instant now, TimeSpan lateAfter, bool mayAbandon, out SackOutcome outcome)
    {
        outcome = default;
        int advance = sack.CumulativeTsn - Cumulative;
        if (advance < 0 || advance > Count || (sack.GapCount > 0 && advance + sack.Gap(sack.GapCount - 1).Last > Count))
        {
            return false;
        }

        outcome.CumulativeAdvanced = advance > 0;
        outcome.WindowWasFull = BytesInFlight >= window.Bytes;
        long newestAcknowledged = 0;
        for (int i = 0; i < advance; i++)
        {
            AcknowledgeChunk(ref At(0), ref outcome, ref newestAcknowledged, now);
            RemoveFirst();
        }

        if (sack.GapCount > 0 || _acknowledgedAbove > 0)
        {
            ScanGaps(sack, ref outcome, ref newestAcknowledged, now);
        }

        if (sack.GapCount > 0)
        {
            int reach = sack.Gap(sack.GapCount - 1).Last;
            Instant lateBefore = lateAfter > TimeSpan.Zero ? now - lateAfter : default;
            CountMisses(
                reach, newestAcknowledged, lateBefore, window.IsInRecovery && outcome.CumulativeAdvanced, mayAbandon, now, ref outcome);
        }

        AdvanceAckPoint();
        return true;
    }

    private void AcknowledgeChunk(ref OutstandingChunk chunk, ref SackOutcome outcome, ref long newest, Instant now)
    {
        StopCounting(chunk);
        if (chunk.State is not (ChunkState.InFlight or ChunkState.Lost))
        {
            return;
        }

        outcome.BytesAcknowledged += chunk.Length;
        newest = Math.Max(newest, chunk.SendOrder);
        if (chunk.Transmissions == 1)
        {
            outcome.RoundTrip = now - chunk.SentAt;
        }
    }

    // One pass over chunks and blocks together. What was acknowledged and is no more (section 6.2: a receiver may
    // renege) counts as under way again.
    private void ScanGaps(SackView sack, ref SackOutcome outcome, ref long newest, Instant now)
    {
        int block = 0;
        (int first, int last) = sack.GapCount > 0 ? sack.Gap(0) : (int.MaxValue, int.MaxValue);
        for (int i = 0; i < Count; i++)
        {
            int step = i + 1;
            while (step > last)
            {
                (first, last) = ++block < sack.GapCount ? sack.Gap(block) : (int.MaxValue, int.MaxValue);
            }

            ref OutstandingChunk chunk = ref At(i);
            if (step >= first)
            {
                if (chunk.State is ChunkState.InFlight or ChunkState.Lost)
                {
                    AcknowledgeChunk(ref chunk, ref outcome, ref newest, now);
                    chunk.State = ChunkState.Acknowledged;
                    _acknowledgedAbove++;
                }
            }
            else if (chunk.State == ChunkState.Acknowledged)
            {
                chunk.State = ChunkState.InFlight;
                _acknowledgedAbove--;
                BytesInFlight += chunk.Length;
            }
        }
    }

    // A chunk is missed when something sent after it arrived first. Comparing sendings instead of TSNs lets a lost
    // repetition be found in the same way (RFC 8985's idea), without waiting for the time-out. It is lost at the third
    // miss, or at the first when it is late besides: a trickle of messages has no three at hand.
    private void CountMisses(
        int reach, long newestAcknowledged, Instant lateBefore, bool countAll, bool mayAbandon, Instant now, ref SackOutcome outcome)
    {
        bool abandoned = false;
        for (int i = 0; i < reach && i < Count; i++)
        {
            ref OutstandingChunk chunk = ref At(i);
            bool overtaken = chunk.SendOrder < newestAcknowledged;
            if (chunk.State == ChunkState.InFlight && (overtaken || (countAll && chunk.Transmissions == 1)) &&
                (++chunk.Misses >= MissesForLoss || (overtaken && chunk.SentAt < lateBefore)))
            {
                OutgoingMessage message = chunk.Message;
                MarkLost(i, ref chunk, mayAbandon, now);
                abandoned |= message.IsAbandoned;
                outcome.FoundLoss = true;
            }
        }

        if (abandoned)
        {
            SettleAbandoned();
        }
    }
}
