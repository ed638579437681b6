using Rtc.Bitstream.H264;
using Rtc.Media.Codecs;
using Rtc.Media.Codecs.H264;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Codecs;

/// <summary>
/// A stream begun at an I picture that is no IDR picture, as the receiver hands it over: sets and a recovery point in front.
/// </summary>
public sealed class H264RecoveryTests
{
    private const int FirstIntra = 60;

    [Fact]
    public void Decoding_begins_at_a_recovery_point_and_asks_for_no_more()
    {
        if (!Ffmpeg.IsHere)
        {
            return;
        }

        byte[] stream = Ffmpeg.Run(
            "-f lavfi -i testsrc2=s=320x240:r=30:d=4,negate=enable=mod(floor(t)\\,2),hflip=enable=mod(floor(t)\\,2) -pix_fmt yuv420p "
            + "-c:v libx264 -bf 0 -profile:v baseline -x264-params "
            + "keyint=250:min-keyint=125:scenecut=80:threads=1:rc-lookahead=5:ref=3 -f h264 -");
        List<byte[]> slices = [];
        List<byte> sets = [];
        var units = new AnnexBReader(stream);
        while (units.Read())
        {
            byte[] unit = [0, 0, 0, 1, .. units.Current];
            if (units.Type is NalType.Sps or NalType.Pps)
            {
                sets.AddRange(unit);
            }
            else if (units.Type is NalType.Slice or NalType.Idr)
            {
                slices.Add(unit);
            }
        }

        using PicturePool pool = PicturePool.Diagnostic();
        using var whole = new H264Decoder();
        using var late = new H264Decoder();
        Assert.Equal(DecodeStatus.NeedKeyFrame, late.Decode(slices[FirstIntra - 1], pool, out _));
        int refused = 0;
        double worst = double.MaxValue;
        for (int i = 0; i < slices.Count; i++)
        {
            byte[] data =
                i == 0 ? [.. sets, .. slices[0]] : i == FirstIntra ? [.. sets, 0, 0, 0, 1, 6, 6, 1, 0x84, 0x80, .. slices[i]] : slices[i];
            Assert.Equal(DecodeStatus.Picture, whole.Decode(data, pool, out Picture? expected));
            if (i >= FirstIntra)
            {
                DecodeStatus status = late.Decode(data, pool, out Picture? picture);
                refused += status == DecodeStatus.Picture ? 0 : 1;
                worst = picture is null ? worst : Math.Min(worst, Quality.Psnr(expected!, picture));
                picture?.Dispose();
            }

            expected!.Dispose();
        }

        Console.WriteLine($"begun at picture {FirstIntra} of {slices.Count}: {refused} refused, worst picture {worst:0.0} dB");
        Assert.Equal(0, refused);
        Assert.True(worst > 25, $"{worst:0.0} dB");
    }
}
