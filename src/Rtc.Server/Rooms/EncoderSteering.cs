namespace Rtc.Server.Rooms;

/// <summary>Kilobits a second and temporal layers of one encoder.</summary>
internal readonly record struct EncoderTarget(int Kilobits, int TemporalLayers);

/// <summary>
/// How the one encoder of a room is told to code for links of different width. While the thinnest carries what the picture
/// is worth there is one layer. Else there are two, as fast as the best link carries, yet never so fast that the thinnest
/// could not carry the base layer; which a viewer in between is sent, its own peer decides by its own estimate.
/// </summary>
internal struct EncoderSteering
{
    // Of two temporal layers libvpx gives the base 60% of the bits.
    private const double BaseShare = 0.6;
    private const double Headroom = 0.9;

    // Layers cost a third of the bits: a link must be thinner than this share to be worth them, and widen to more than
    // enough before they go again, since an estimate wavers.
    private const double LayersBelow = 0.8;
    private const double OneLayerFrom = 1.1;

    private bool _isLayered;

    /// <param name="best">Kilobits a second that the widest link carries; 0 where none is known.</param>
    /// <param name="worst">Those of the thinnest.</param>
    /// <param name="need">What the source may take when coded again; 0 where it is not known.</param>
    public EncoderTarget Choose(double best, double worst, double need, BitrateLimits limits)
    {
        if (best == 0)
        {
            return new EncoderTarget(limits.Start, 1);
        }

        double wanted = best * Headroom;
        wanted = need > 0 ? Math.Min(wanted, need) : wanted;
        double carried = Math.Max(worst * Headroom, limits.Minimum);
        _isLayered = carried < wanted * (_isLayered ? OneLayerFrom : LayersBelow);
        double kilobits = _isLayered ? Math.Min(best * Headroom, worst * Headroom / BaseShare) : worst * Headroom;
        return new EncoderTarget((int)Math.Clamp(kilobits, limits.Minimum, limits.Maximum), _isLayered ? 2 : 1);
    }
}
