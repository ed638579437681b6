using Rtc.Server.Rooms;
using Xunit;

namespace Rtc.Server.Tests.Rooms;

public sealed class EncoderSteeringTests
{
    private static readonly BitrateLimits s_limits = new(100, 1000, 4000);

    [Fact]
    public void Encoder_without_known_viewers_gets_the_start_bitrate() =>
        Assert.Equal(new EncoderTarget(1000, 1), new EncoderSteering().Choose(0, double.MaxValue, 500, s_limits));

    [Theory]
    [InlineData(2000, 2000, 0)]
    [InlineData(3000, 900, 800)]
    public void Links_that_carry_all_get_one_layer(double best, double worst, double need) =>
        Assert.Equal(new EncoderTarget((int)(worst * 0.9), 1), new EncoderSteering().Choose(best, worst, need, s_limits));

    [Theory]
    [InlineData(2000, 900, 0, 1350)]
    [InlineData(2000, 500, 1000, 750)]
    [InlineData(1000, 790, 0, 900)]
    public void A_thin_link_beside_a_wide_one_gets_the_base_layer(double best, double worst, double need, int kilobits) =>
        Assert.Equal(new EncoderTarget(kilobits, 2), new EncoderSteering().Choose(best, worst, need, s_limits));

    [Fact]
    public void A_wavering_estimate_does_not_switch_layers_back_and_forth()
    {
        var steering = new EncoderSteering();
        Assert.Equal(1, steering.Choose(2000, 1000, 1000, s_limits).TemporalLayers);
        Assert.Equal(2, steering.Choose(2000, 800, 1000, s_limits).TemporalLayers);
        Assert.Equal(2, steering.Choose(2000, 1100, 1000, s_limits).TemporalLayers);
        Assert.Equal(1, steering.Choose(2000, 1250, 1000, s_limits).TemporalLayers);
        Assert.Equal(1, steering.Choose(2000, 1000, 1000, s_limits).TemporalLayers);
    }
}
