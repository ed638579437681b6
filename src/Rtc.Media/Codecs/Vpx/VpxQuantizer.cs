namespace Rtc.Media.Codecs.Vpx;

/// <summary>
/// libvpx's encoder is told quantizers from 0 to 63, while the bitstream (RFC 6386 section 9.6) carries an index from 0
/// to 127: each step of the former is one of these indices.
/// </summary>
internal static class VpxQuantizer
{
    private static ReadOnlySpan<byte> Indices =>
    [
        0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 33, 35, 37, 39, 41,
        43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 64, 67, 70, 73, 76, 79, 82, 85, 88, 91, 94, 97, 100, 103, 106, 109, 112, 115, 118, 121, 124,
        127,
    ];

    /// <summary>
    /// The coarsest of the encoder's quantizers that is no coarser than the bitstream's index; −1 for an index that VP8 has not.
    /// </summary>
    public static int FromIndex(int index)
    {
        if (index is < 0 or > 127)
        {
            return -1;
        }

        int found = Indices.BinarySearch((byte)index);
        return found >= 0 ? found : ~found - 1;
    }
}
