using Rtc.Bitstream.H264;
using Rtc.Bitstream.Vp8;

namespace Rtc.Bitstream.Tests;

public sealed class ParserFuzzTests
{
    private const int Seed = 99;

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(Seed);
        byte[] buffer = new byte[64];
        for (int i = 0; i < 200_000; i++)
        {
            Span<byte> data = buffer.AsSpan(0, random.Next(buffer.Length));
            random.NextBytes(data);
            if (i % 2 == 0 && data.Length > 3)
            {
                (data[0], data[1]) = (0x67, (byte)(i % 4 == 0 ? 100 : 66));
            }

            if (SpsView.TryParse(data, out SpsView sps))
            {
                Assert.True(sps.Width > 0 && sps.Height > 0);
            }

            if (Vp8FrameHeader.TryParse(data, out Vp8FrameHeader header) && header.IsKey)
            {
                Assert.True(header.Width > 0 && header.Height > 0);
            }

            _ = Vp8FrameHeader.HoldsFirstPartition(data);
            _ = ParameterSetId.TryRead(data, out _);
            _ = H264SliceView.TryParse(data, out _);
            _ = H264RecoveryPoint.IsIn(data);
            var units = new AnnexBReader(data, startsInUnit: i % 3 == 0);
            while (units.Read())
            {
                Assert.InRange(units.Offset + units.Current.Length, 1, data.Length);
            }
        }
    }
}
