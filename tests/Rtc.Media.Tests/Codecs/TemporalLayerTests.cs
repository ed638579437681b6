using Rtc.Media.Codecs;
using Rtc.Media.Codecs.Vpx;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Codecs;

public sealed class TemporalLayerTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_higher_layer_can_be_left_out_and_the_rest_decodes_to_the_same_bits(int layers)
    {
        using PicturePool pool = PicturePool.Diagnostic();
        List<EncodedFrame> coded = Encode(pool, layers, 49, interest: false);
        Check(pool, coded, layers);
    }

    [Fact]
    public void A_region_of_interest_does_not_tie_the_layers_together()
    {
        using PicturePool pool = PicturePool.Diagnostic();
        List<EncodedFrame> coded = Encode(pool, 3, 49, interest: true);
        Check(pool, coded, 3);
    }

    [Fact]
    public void The_layers_follow_their_pattern_and_share_the_bitrate()
    {
        using PicturePool pool = PicturePool.Diagnostic();
        List<EncodedFrame> coded = Encode(pool, 3, 49, interest: false);
        byte[] pattern = [0, 2, 1, 2];
        for (int i = 0; i < coded.Count; i++)
        {
            Assert.Equal(pattern[i % 4], coded[i].TemporalLayer);
            Assert.Equal(i % 4 is 1 or 2, coded[i].LayerSync);
        }

        coded.ForEach(picture => picture.Dispose());
    }

    [Fact]
    public void A_key_frame_starts_the_pattern_anew()
    {
        using PicturePool pool = PicturePool.Diagnostic();
        using var encoder = new Vp8Encoder(new EncoderSettings { Width = 160, Height = 120, TemporalLayers = 3, MayDrop = false });
        byte[] layers = new byte[8];
        for (int time = 0; time < 8; time++)
        {
            using Picture source = Pictures.Scene(pool, 160, 120, time);
            using EncodedFrame coded = encoder.Encode(source, (uint)(time * 3000), forceKey: time == 3)!;
            layers[time] = coded.TemporalLayer;
            Assert.Equal(time is 0 or 3, coded.IsKey);
        }

        Assert.Equal([0, 2, 1, 0, 2, 1, 2, 0], layers);
    }

    [Fact]
    public void Layers_come_and_go_without_a_key_frame()
    {
        using PicturePool pool = PicturePool.Diagnostic();
        List<EncodedFrame> coded = Encode(
            pool, 1, 60, interest: false, (encoder, time) => encoder.SetTemporalLayers(time is >= 11 and < 41 ? 2 : 1));
        Assert.Equal([0], Enumerable.Range(0, 60).Where(i => coded[i].IsKey));
        Assert.All(coded.Take(11), picture => Assert.Equal(0, picture.TemporalLayer));
        Assert.Equal(15, coded.Count(picture => picture.TemporalLayer == 1));
        Assert.All(coded.Skip(42), picture => Assert.Equal(0, picture.TemporalLayer));
        Check(pool, coded, 2);
    }

    private static List<EncodedFrame> Encode(PicturePool pool, int layers, int count, bool interest, Action<Vp8Encoder, int>? before = null)
    {
        using var encoder = new Vp8Encoder(
            new EncoderSettings { Width = 320, Height = 240, TemporalLayers = layers, BitrateKbps = 600, MayDrop = false });
        var coded = new List<EncodedFrame>();
        for (int time = 0; time < count; time++)
        {
            using Picture source = Pictures.Scene(pool, 320, 240, time);
            if (interest)
            {
                encoder.SetInterest(MaskShapes.Ellipse(new RectF(40 + (4 * time), 40, 140 + (4 * time), 200)), 20);
            }

            before?.Invoke(encoder, time);
            coded.Add(encoder.Encode(source, (uint)(time * 3000), false)!);
        }

        return coded;
    }

    /// <summary>Decodes everything, then each smaller set of layers, and one that climbs up at a sync picture.</summary>
    private static void Check(PicturePool pool, List<EncodedFrame> coded, int layers)
    {
        var full = new List<Picture>();
        using (var decoder = new Vp8Decoder())
        {
            foreach (EncodedFrame picture in coded)
            {
                Assert.Equal(DecodeStatus.Picture, decoder.Decode(picture.Data, pool, out Picture? decoded));
                full.Add(decoded!);
            }
        }

        for (int kept = 0; kept < layers - 1; kept++)
        {
            Compare(i => coded[i].TemporalLayer <= kept);
        }

        // Base only, then from a sync picture of a layer on that layer too.
        int climb = Enumerable.Range(20, 10).First(i => coded[i].LayerSync);
        Compare(
            i => coded[i].TemporalLayer == 0 || (i >= climb
                && coded[i].TemporalLayer <= coded[climb].TemporalLayer
                && (layers == 2 || coded[climb].TemporalLayer == 1 || i == climb)));

        full.ForEach(picture => picture.Dispose());
        coded.ForEach(picture => picture.Dispose());

        void Compare(Func<int, bool> keep)
        {
            using var decoder = new Vp8Decoder();
            for (int i = 0; i < coded.Count; i++)
            {
                if (!keep(i))
                {
                    continue;
                }

                Assert.Equal(DecodeStatus.Picture, decoder.Decode(coded[i].Data, pool, out Picture? decoded));
                Assert.True(Quality.Same(full[i], decoded!), $"picture {i} of layer {coded[i].TemporalLayer} differs");
                decoded!.Dispose();
            }
        }
    }
}
