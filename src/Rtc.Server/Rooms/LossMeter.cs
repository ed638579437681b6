using Rtc.Peer;

namespace Rtc.Server.Rooms;

/// <summary>The share of a phone's packets that was lost since it was last asked, from the peer's running counts.</summary>
internal sealed class LossMeter
{
    private long _received;
    private long _lost;

    public double Share(PeerStats? stats)
    {
        if (stats is null || stats.PacketsReceived < _received)
        {
            (_received, _lost) = (stats?.PacketsReceived ?? 0, stats?.PacketsLost ?? 0);
            return 0;
        }

        long received = stats.PacketsReceived - _received;
        long lost = Math.Max(0, stats.PacketsLost - _lost);
        (_received, _lost) = (stats.PacketsReceived, stats.PacketsLost);
        return received + lost == 0 ? 0 : (double)lost / (received + lost);
    }
}
