using Rtc.Bitstream.H264;

namespace Rtc.Bitstream.Tests.H264;

/// <summary>Parameter sets, slice headers and recovery points: read, cut short, and spoilt.</summary>
public sealed class HeaderTests
{
    // A parameter set of x264: baseline, level 1.3, 320×240.
    private static readonly byte[] s_sps =
        [0x67, 0x42, 0xC0, 0x0D, 0xDA, 0x05, 0x07, 0xE8, 0x40, 0x00, 0x00, 0x03, 0x00, 0x40, 0x00, 0x00, 0x0F, 0x23, 0xC5, 0x0A, 0xA8];

    [Fact]
    public void Sps_tells_its_size_and_no_truncation_of_it_does_harm()
    {
        Assert.True(SpsView.TryParse(s_sps, out SpsView view));
        Assert.Equal((66, 320, 240), (view.Profile, view.Width, view.Height));
        for (int length = 0; length < s_sps.Length; length++)
        {
            _ = SpsView.TryParse(s_sps.AsSpan(0, length), out _);
        }

        Assert.False(SpsView.TryParse(s_sps.AsSpan(0, 6), out _));
    }

    [Theory]
    [InlineData("6742C00DDA", 0)]
    [InlineData("6742C00D40", 1)] // 010
    [InlineData("6742C00D20", 3)] // 00100
    [InlineData("68CE3C", 0)]
    [InlineData("6860", 2)] // 011
    public void Parameter_set_tells_its_id(string unit, uint expected)
    {
        Assert.True(ParameterSetId.TryRead(Convert.FromHexString(unit), out uint id));
        Assert.Equal(expected, id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("67")]
    [InlineData("6742C00D")]
    [InlineData("68")]
    [InlineData("6800")]
    [InlineData("65FF")]
    public void Units_without_an_id_are_refused(string unit) => Assert.False(ParameterSetId.TryRead(Convert.FromHexString(unit), out _));

    [Theory]
    [InlineData("B0", 0, 2, true)] // 1 011: first macroblock 0, I
    [InlineData("88", 0, 7, true)] // 1 0001000: I, and so is the whole picture
    [InlineData("C0", 0, 0, false)] // 1 1: P
    [InlineData("4C", 1, 2, true)] // 010 011
    public void Slice_tells_where_it_begins_and_its_type(string body, uint first, uint type, bool intra)
    {
        Assert.True(H264SliceView.TryParse(Convert.FromHexString(body), out H264SliceView slice));
        Assert.Equal((first, type, intra), (slice.FirstMacroblock, slice.Type, slice.IsIntra));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("80")]
    [InlineData("0000000000000000")]
    [InlineData("8580")] // 1 0001011: slice_type 10
    public void Slices_cut_short_or_of_no_type_are_refused(string body) =>
        Assert.False(H264SliceView.TryParse(Convert.FromHexString(body), out _));

    [Theory]
    [InlineData("06018480", true)]
    [InlineData("050400000301AA" + "0601848080", true)] // behind another message, whose escape is not counted
    [InlineData("0504AABBCCDD80", false)]
    [InlineData("06", false)]
    [InlineData("FFFFFF", false)]
    [InlineData("", false)]
    public void Recovery_point_is_found_among_messages(string body, bool expected) =>
        Assert.Equal(expected, H264RecoveryPoint.IsIn(Convert.FromHexString(body)));

    [Fact]
    public void Its_own_recovery_point_is_one() => Assert.True(H264RecoveryPoint.IsIn(H264RecoveryPoint.Unit[1..]));
}
