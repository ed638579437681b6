using Rtc.Bitstream.H264;

namespace Rtc.Bitstream.Tests.H264;

public sealed class AnnexBReaderTests
{
    [Theory]
    [InlineData("00000001" + "6742" + "000001" + "68CE" + "0000000001" + "6588" + "0000", "6742 68CE 6588")]
    [InlineData("0909" + "000001" + "650102" + "00000001" + "41000003" + "0000000001" + "0607" + "000001", "650102 41000003 0607")]
    [InlineData("000001" + "000001" + "65", "65")]
    [InlineData("000001", "")]
    [InlineData("6742", "")]
    [InlineData("", "")]
    public void Units_are_found_whatever_their_start_codes(string stream, string expected) =>
        Assert.Equal(expected, Units(stream, startsInUnit: false));

    [Fact]
    public void A_stream_may_begin_in_a_unit() => Assert.Equal("6742 68CE", Units("6742" + "000001" + "68CE", startsInUnit: true));

    [Fact]
    public void A_units_offset_points_at_its_header()
    {
        byte[] stream = Convert.FromHexString("00000001" + "6742" + "000001" + "68CE");
        var units = new AnnexBReader(stream);
        Assert.True(units.Read());
        Assert.Equal((4, NalType.Sps), (units.Offset, units.Type));
        Assert.True(units.Read());
        Assert.Equal((9, NalType.Pps), (units.Offset, units.Type));
        Assert.False(units.Read());
        Assert.False(units.Read());
    }

    [Fact]
    public void Its_own_start_code_parts_units()
    {
        byte[] stream = [.. AnnexBReader.StartCode, 0x65, 1, .. AnnexBReader.StartCode, 0x41, 2];
        Assert.Equal("6501 4102", Units(Convert.ToHexString(stream), startsInUnit: false));
    }

    private static string Units(string hex, bool startsInUnit)
    {
        byte[] stream = Convert.FromHexString(hex);
        var reader = new AnnexBReader(stream, startsInUnit);
        List<string> units = [];
        while (reader.Read())
        {
            Assert.True(stream.AsSpan(reader.Offset, reader.Current.Length).SequenceEqual(reader.Current));
            units.Add(Convert.ToHexString(reader.Current));
        }

        return string.Join(' ', units);
    }
}
